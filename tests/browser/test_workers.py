"""Workers: what each runs and since when, and draining one."""

import re

from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit
from tests.services.waiting import eventually


def test_a_worker_shows_what_it_runs_and_since_when(system: System, visit: Visit) -> None:
    # Given
    page = visit("/workers")
    expect(page.get_by_text("Idle.")).to_be_visible()

    # When
    handle = system.client.submit("sleep", 60)

    # Then
    run = page.get_by_role("listitem").filter(has_text=handle.id)
    expect(run).to_contain_text(re.compile(r"for \d+ s"))
    expect(page.get_by_text("1 of 2 busy")).to_be_visible()
    run.get_by_role("link").click()
    expect(page.locator("#task-id")).to_have_text(handle.id)
    system.client.cancel(handle.id)


def test_a_drained_worker_ends_what_it_runs_and_leaves(system: System, visit: Visit) -> None:
    # Given
    program = system.add_worker()
    eventually(lambda: program.pid in system.live_workers(), within=60)
    id = system.live_workers()[program.pid]
    page = visit("/workers")
    worker = page.locator(f"#worker-{id}")

    # When
    worker.get_by_role("button", name="Drain").click()
    expect(page.get_by_role("dialog")).to_contain_text("It takes no more tasks")
    page.get_by_role("dialog").get_by_role("button", name="Drain").click()

    # Then
    expect(page.get_by_role("status").filter(has_text="The worker is draining.")).to_be_visible()
    assert program.wait(within=60) == 0
    expect(worker).to_have_count(0)
    system.workers.remove(program)
