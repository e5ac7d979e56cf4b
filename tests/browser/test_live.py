"""What watches goes on by itself, whatever is away for a while, and says what is away."""

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit, WatchOf
from tests.services.rabbitmq_server import RabbitServer, rabbitmq_server
from tests.services.redis_server import redis_server
from tests.services.runner import Server
from tests.services.sources import source
from tests.services.waiting import eventually

BROKEN = (
    "ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET"
    "|status of 503|Failed to fetch"
)
"""What the browser itself tells of a server that is away."""


@pytest.fixture(scope="module")
def ledger_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Redis that keeps what it has when it is killed."""
    server = redis_server(source(), tmp_path_factory.mktemp("redis"), durable=True)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A RabbitMQ that can be stopped."""
    server = rabbitmq_server(source(), tmp_path_factory.mktemp("rabbitmq"))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def own_vhost(broker: RabbitServer) -> str:
    """The URL of that one."""
    return broker.url


def test_an_api_that_is_restarted_is_missed_and_found_again(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given
    page = visit("/")
    watch_of(page).allow(BROKEN)
    state = page.locator("#link-state")
    expect(state).to_have_text("Live")
    page.evaluate("window.mark = 'as it was loaded'")

    # When
    system.api.kill()

    # Then
    expect(state).to_have_text("The server does not answer")
    expect(page.locator(".toast")).to_contain_text("The page shows the state of")

    # When
    system.api.start()
    eventually(system.answers)
    handle = system.client.submit("add", 1, 2)
    assert handle.result(timeout=60) == 3

    # Then
    expect(state).to_have_text("Live")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("[data-live='states/SUCCESS']")).to_have_text("1")
    assert page.evaluate("window.mark") == "as it was loaded"


def test_what_happened_while_the_api_was_away_is_shown_when_it_is_back(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given: a task that waits
    system.client.pause("subtract")
    handle = system.client.submit("subtract", 9, 2)
    page = visit(f"/tasks/{handle.id}")
    watch_of(page).allow(BROKEN)
    expect(page.locator(".notice")).to_contain_text("paused")

    # When: it runs while nobody can tell the page
    system.api.stop()
    system.ledger.control.resume("subtract")
    system.wait_for(handle.id, "SUCCESS")
    expect(page.locator("#link-state")).to_have_text("The server does not answer")
    system.api.start()

    # Then
    expect(page.locator("#result")).to_have_text("7")
    expect(page.locator("#link-state")).to_have_text("Live")


def test_a_ledger_that_is_away_is_told_until_it_is_back(
    system: System, visit: Visit, watch_of: WatchOf, ledger_server: Server
) -> None:
    # Given
    page = visit("/")
    watch_of(page).allow(BROKEN)
    expect(page.locator("#link-state")).to_have_text("Live")
    before = page.locator("[data-live='states/SUCCESS']").inner_text()

    # When
    ledger_server.kill()

    # Then: what was there is still shown
    expect(page.locator("#link-state")).to_have_text("The ledger is unavailable")
    expect(page.locator(".toast")).to_contain_text("Nothing accepted is lost")
    assert page.locator("[data-live='states/SUCCESS']").inner_text() == before

    # When
    ledger_server.start()

    # Then
    expect(page.locator("#link-state")).to_have_text("Live")
    handle = system.client.submit("add", 2, 2)
    assert handle.result(timeout=60) == 4
    expect(page.locator("[data-live='states/SUCCESS']")).to_have_text(str(int(before) + 1))


def test_a_page_that_is_asked_for_while_the_ledger_is_away_says_so(
    system: System, visit: Visit, watch_of: WatchOf, ledger_server: Server
) -> None:
    # Given
    page = visit("/queues")
    watch_of(page).allow(BROKEN)
    ledger_server.kill()

    # When
    page.goto("/tasks")

    # Then
    expect(page.get_by_text("Status 503")).to_be_visible()
    ledger_server.start()
    eventually(system.answers)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()


def test_while_the_broker_is_down_submission_goes_on_and_the_page_says_so(
    system: System, visit: Visit, broker: RabbitServer
) -> None:
    # Given
    overview, page = visit("/"), visit("/submit?task=add")

    # When
    broker.stop()
    page.get_by_role("textbox", name="a (required)").fill("30")
    page.get_by_role("textbox", name="b (required)").fill("3")
    page.get_by_role("button", name="Submit", exact=True).click()

    # Then
    expect(overview.get_by_text("The broker is unavailable.")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("The broker is unavailable")

    # When
    broker.start()

    # Then
    expect(page.locator("#result")).to_have_text("33", timeout=60_000)
    expect(overview.get_by_text("The broker is unavailable.")).to_be_hidden()


def test_a_task_whose_worker_is_killed_moves_to_another_before_ones_eyes(
    system: System, visit: Visit
) -> None:
    # Given
    system.add_worker()
    system.wait_until_up()
    handle = system.client.submit("wait_at_gate")
    page = visit(f"/tasks/{handle.id}")
    expect(page.locator(".page-head .state")).to_have_text("Started")
    held = eventually(lambda: system.client.task(handle.id).worker)
    workers = visit("/workers")
    expect(workers.locator(f"#worker-{held}")).to_contain_text(handle.id)

    # When
    pid = next(pid for pid, id in system.live_workers().items() if id == held)
    os.killpg(pid, signal.SIGKILL)

    # Then
    (other,) = eventually(lambda: set(system.live_workers().values()) - {held})
    expect(workers.locator(f"#worker-{held}")).to_contain_text("dead")
    expect(workers.locator(f"#worker-{held}")).to_contain_text("given to other workers")
    expect(page.locator(".timeline")).to_contain_text("died")
    expect(page.locator(".timeline")).to_contain_text(f"on {other}")
    system.gate.touch()
    expect(page.locator("#result")).to_have_text('"passed"')
    system.gate.unlink()
