"""What the servers and parts of a failed test had printed, shown with the failure."""

from collections.abc import Callable, Generator

import pytest

TAIL = 6_000  # characters of each log


class Evidence:
    """The logs that belong to one test."""

    def __init__(self) -> None:
        self._logs: list[tuple[str, Callable[[], str]]] = []

    def add(self, name: str, log: Callable[[], str]) -> None:
        """Show this log if the test fails."""
        self._logs.append((name, log))

    def sections(self) -> list[tuple[str, str]]:
        """Return the end of each log, titled."""
        return [(f"log of {name}", log()[-TAIL:]) for name, log in self._logs]


KEY = pytest.StashKey[Evidence]()


def evidence_of(request: pytest.FixtureRequest) -> Evidence:
    """The collection of logs to show if the test, or a test of the module, that asks for a fixture fails."""
    collected: Evidence = request.node.stash.setdefault(KEY, Evidence())
    return collected


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """The collection of logs to show if this test fails."""
    return evidence_of(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the logs while the servers still run: teardown comes later."""
    report = yield
    if report.failed and call.when in ("setup", "call"):
        for node in item.listchain():
            if KEY in node.stash:
                report.sections.extend(node.stash[KEY].sections())
    return report
