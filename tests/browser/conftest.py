"""Fixtures of the browser's tests: one browser, a system for each file, a context for each test."""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from longshore_api.web import assets
from tests.browser.chromium import launch
from tests.browser.system import ROOT, System
from tests.browser.watch import Watch
from tests.services.evidence import Evidence
from tests.services.processes import Processes
from tests.services.redis_server import redis_server
from tests.services.runner import Server
from tests.services.shared import Rabbit
from tests.services.sources import source

KEPT: Final = ROOT / "build" / "browser"
"""Pictures of what failed."""
PATIENCE: Final = 30_000
"""Milliseconds that a page may take for what it must show: only what is broken takes so long."""
KEY: Final = pytest.StashKey[list[Watch]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is here drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the browser showed while it still shows it."""
    report = yield
    if report.failed and call.when == "call":
        watches: list[Watch] = item.stash.get(KEY, [])
        for number, watch in enumerate(watches):
            watch.keep(KEPT, re.sub(r"\W+", "-", f"{item.name}-{number}"))
    return report


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """The page is there to show; make builds it before it tests."""
    if not assets.built():
        reason = "the page is not built: run `make page`"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The browser that all tests share."""
    started = launch(playwright.chromium)
    yield started
    started.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, system: System) -> Iterator[Callable[..., Page]]:
    """`visit("/tasks")`: that page, in a context of its own; options are those of a Playwright context.

    A complaint of any of them, or a request to another host, fails the test; `watch_of(page).allow(…)` knows
    what is to be expected.
    """
    watches: list[Watch] = request.node.stash.setdefault(KEY, [])

    def open_page(path: str = "/", **options: Any) -> Page:
        given: dict[str, Any] = {
            "locale": "en-GB",
            "timezone_id": "UTC",
            "viewport": {"width": 1280, "height": 800},
            **options,
        }
        context = browser.new_context(base_url=system.url, **given)
        context.set_default_timeout(PATIENCE)
        watches.append(Watch(context, system.origin))
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    complaints = [said for watch in watches for said in watch.complaints()]
    for watch in watches:
        watch.context.close()
    assert complaints == []


@pytest.fixture
def watch_of(request: pytest.FixtureRequest) -> Callable[[Page], Watch]:
    """`watch_of(page)`: what listens to a page of `visit`."""

    def find(page: Page) -> Watch:
        watches: list[Watch] = request.node.stash[KEY]
        return next(watch for watch in watches if watch.context is page.context)

    return find


@pytest.fixture(scope="module")
def own_vhost(rabbitmq: Rabbit) -> Iterator[str]:
    """The URL of a broker with nothing in it, for this file."""
    if rabbitmq.management is None:
        yield rabbitmq.url
        return
    name = f"browser-{uuid4().hex[:12]}"
    rabbitmq.management.make_vhost(name)
    yield urlsplit(rabbitmq.url)._replace(path="/" + quote(name, safe="")).geturl()
    rabbitmq.management.drop_vhost(name)


@pytest.fixture(scope="module")
def ledger_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An empty Redis, for this file."""
    server = redis_server(source(), tmp_path_factory.mktemp("redis"), durable=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def module_evidence() -> Evidence:
    """The logs of what runs for all of a file."""
    return Evidence()


@pytest.fixture(scope="module")
def module_processes(
    tmp_path_factory: pytest.TempPathFactory, module_evidence: Evidence
) -> Iterator[Processes]:
    """Starter of parts that run for all of a file."""
    starter = Processes(tmp_path_factory.mktemp("processes"), module_evidence)
    yield starter
    starter.end()


@pytest.fixture(scope="module")
def system(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    module_processes: Processes,
    ledger_server: Server,
    own_vhost: str,
) -> Iterator[System]:
    """A whole Longshore for this file, with one worker of two processes; SETTINGS of the file are its own."""
    settings = getattr(request.module, "SETTINGS", {})
    directory = tmp_path_factory.mktemp("system")
    made = System(module_processes, directory, ledger=ledger_server.url, broker=own_vhost, **settings)
    made.add_worker()
    made.wait_until_up()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _logs(request: pytest.FixtureRequest, evidence: Evidence) -> None:
    """With a failure, the logs of the file's system are shown."""
    if "system" in request.fixturenames:
        for number, program in enumerate(request.getfixturevalue("system").programs):
            evidence.add(f"{program.argv[2]} ({number})", program.log)
