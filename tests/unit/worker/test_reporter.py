"""The reporter: what the worker reports to its heartbeat, and what it passes on."""

from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from longshore_worker.dispatch.heartbeat import Report, Told
from longshore_worker.dispatch.reporter import HeartbeatReporter
from tests.services.waiting import eventually
from tests.unit.worker.harness import Harness


class Reporting:
    """A reporter, and a test that is its heartbeat's process and its loop."""

    def __init__(self, harness: Harness) -> None:
        self.cancelled: list[str] = []
        self.drained = 0
        ours, self.link = Pipe()
        process: Any = SimpleNamespace(link=ours, end=self.link.close)
        soon: Callable[[Callable[[], None]], None] = lambda call: call()  # noqa: E731
        self.reporter = HeartbeatReporter(
            harness.state, harness.peers, process, lambda: pytest.fail("its process lives"), 0.02,
            {"host": "here"}, soon, self.cancelled.extend, self._drain,
        )  # fmt: skip
        self.reporter.start()

    def report(self) -> Report:
        """The newest report, or the next one."""
        assert self.link.poll(10)
        message = self.link.recv_bytes()
        while self.link.poll(0):
            message = self.link.recv_bytes()
        return msgspec.json.decode(message, type=Report)

    def _drain(self) -> None:
        self.drained += 1


@pytest.fixture
def harness() -> Harness:
    """A dispatcher with two tasks in its hands."""
    harness = Harness(children=2)
    harness.deliver("slow", "a")
    harness.deliver("slow", "b")
    harness.dispatcher.flush()
    return harness


@pytest.fixture
def reporting(harness: Harness) -> Iterator[Reporting]:
    """Its reporter."""
    made = Reporting(harness)
    yield made
    made.reporter.stop()


def test_it_names_what_is_in_its_hands(reporting: Reporting, harness: Harness) -> None:
    # Then
    report = reporting.report()
    assert report.held == {id: harness.state.held[id].token for id in "ab"}
    assert report.about["host"] == "here"
    assert [run["id"] for run in report.about["running"]] == ["a", "b"]


def test_it_does_not_name_what_has_ended(reporting: Reporting, harness: Harness) -> None:
    # Given
    reporting.report()

    # When a result is on record
    harness.pool.sent[0].run()
    harness.dispatcher.flush()

    # Then nobody confirms that task any more
    eventually(lambda: list(reporting.report().held) == ["b"])


def test_it_names_what_has_ended_and_is_not_on_record(reporting: Reporting, harness: Harness) -> None:
    # Given a result that the ledger has not heard of: asked for, the task would run again
    harness.state.draining = True
    harness.pool.sent[0].run()
    harness.in_flight.take_answers()

    # Then
    reporting.report()
    assert set(reporting.report().held) == {"a", "b"}


def test_it_passes_on_what_it_is_told(reporting: Reporting) -> None:
    # When
    reporting.report()
    reporting.link.send_bytes(msgspec.json.encode(Told(["a"], drain=True, others=None)))

    # Then
    eventually(lambda: (reporting.cancelled, reporting.drained) == (["a"], 1))
