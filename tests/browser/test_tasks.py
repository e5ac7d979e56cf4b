"""The list of tasks: found, paged, and many of them changed at once."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.browser.system import System
from tests.browser.visiting import Visit
from tests.services.waiting import eventually


def _rows(page: Page) -> Locator:
    return page.locator("tbody tr[id^=row-]")


def _submit(
    system: System, count: int, queue: str, task: str = "add", args: tuple[object, ...] = (1, 2)
) -> None:
    bulk = system.client.submit_many({"task": task, "args": args, "queue": queue} for _ in range(count))
    assert bulk.accepted == count


def _confirm(page: Page, verb: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=re.compile(verb)).click()


def test_tasks_are_filtered_by_state_task_and_queue(system: System, visit: Visit) -> None:
    # Given
    _submit(system, 2, "reds")
    _submit(system, 3, "blues")
    system.client.submit("multiply", 2, 3, queue="blues")
    page = visit("/tasks")

    # When
    page.get_by_label("Queue").select_option("blues")

    # Then
    expect(_rows(page)).to_have_count(4)
    page.locator("#task").select_option("multiply")
    expect(_rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile("queue=blues"))
    page.get_by_label("State").select_option("Success")
    expect(page.get_by_text("No task matches")).to_be_visible()
    page.get_by_role("link", name="Show all tasks").click()
    expect(page.get_by_label("Queue")).to_have_value("")


def test_a_task_is_found_by_its_id_or_the_beginning_of_it(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("add", 1, 2)
    system.client.submit("add", 1, 2, id="monday-report")
    page = visit("/tasks")

    # When
    page.get_by_role("searchbox", name="Id").fill("monday-")
    page.keyboard.press("Enter")

    # Then
    expect(_rows(page)).to_have_count(1)
    expect(page.get_by_role("link", name="monday-report")).to_be_visible()
    expect(page.get_by_text("tasks were searched for this page")).to_be_visible()

    # When
    page.get_by_role("searchbox", name="Id").fill(handle.id)
    page.keyboard.press("Enter")

    # Then
    expect(page).to_have_url(re.compile(rf"/tasks/{handle.id}$"))


def test_tasks_are_filtered_by_the_time_of_their_submission(system: System, visit: Visit) -> None:
    # Given
    _submit(system, 2, "timed")
    page = visit("/tasks?queue=timed")

    # When
    page.get_by_label("Submitted").select_option("in the last 5 minutes")

    # Then
    expect(page).to_have_url(re.compile("within=5m"))
    expect(_rows(page)).to_have_count(2)

    # When
    page.get_by_label("Submitted").select_option("at any time")
    page.get_by_text("More: time range").click()
    page.get_by_label("Until (UTC)").fill(
        (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    )
    page.get_by_role("button", name="Filter").click()

    # Then
    expect(page.get_by_text("No task matches")).to_be_visible()


def test_many_tasks_are_read_page_by_page(system: System, visit: Visit) -> None:
    # Given
    _submit(system, 120, "paged")
    page = visit("/tasks?queue=paged&limit=50")
    seen = set()

    # When
    for count in (50, 50, 20):
        expect(_rows(page)).to_have_count(count)
        seen |= set(_rows(page).evaluate_all("rows => rows.map(row => row.id)"))
        if count == 50:
            page.get_by_role("link", name="Older").click()
            page.wait_for_url("**cursor=**")

    # Then
    assert len(seen) == 120
    expect(page.get_by_role("link", name="Older")).to_have_count(0)
    page.get_by_role("link", name="Newest").click()
    expect(_rows(page)).to_have_count(50)


def test_tasks_that_are_submitted_meanwhile_appear_by_themselves(system: System, visit: Visit) -> None:
    # Given
    page = visit("/tasks?queue=arrivals")
    expect(page.get_by_text("No task matches")).to_be_visible()
    expect(page.locator("#link-state")).to_have_text("Live")

    # When
    _submit(system, 3, "arrivals")

    # Then
    expect(_rows(page)).to_have_count(3)


def test_rows_that_are_chosen_stay_where_they_are(system: System, visit: Visit) -> None:
    # Given
    _submit(system, 3, "chosen")
    page = visit("/tasks?queue=chosen")
    expect(page.locator("#link-state")).to_have_text("Live")
    _rows(page).nth(0).get_by_role("checkbox").check()
    before = _rows(page).evaluate_all("rows => rows.map(row => row.id)")

    # When
    _submit(system, 2, "chosen")

    # Then
    expect(page.get_by_role("link", name="Show newer tasks")).to_be_visible()
    assert _rows(page).evaluate_all("rows => rows.map(row => row.id)") == before
    expect(_rows(page).nth(0).get_by_role("checkbox")).to_be_checked()
    page.get_by_role("link", name="Show newer tasks").click()
    expect(_rows(page)).to_have_count(5)


def test_chosen_tasks_are_cancelled_together(system: System, visit: Visit) -> None:
    # Given
    _submit(system, 5, "unwanted")
    page = visit("/tasks?queue=unwanted")

    # When: the second to the fourth
    _rows(page).nth(1).get_by_role("checkbox").check()
    _rows(page).nth(3).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    _confirm(page, "Cancel 3 tasks")

    # Then
    expect(page.get_by_role("status").filter(has_text="3 of 3")).to_be_visible()
    expect(page.locator(".state").filter(has_text="Revoked")).to_have_count(3)
    expect(page.get_by_text("None selected")).to_be_visible()


def test_who_thinks_better_of_it_changes_nothing(system: System, visit: Visit) -> None:
    # Given
    _submit(system, 2, "spared")
    page = visit("/tasks?queue=spared")

    # When
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Cancel").click()
    page.keyboard.press("Escape")

    # Then
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_text("2 selected")).to_be_visible()
    assert {task.state for task in system.client.tasks(queue="spared")} <= {"PENDING", "QUEUED"}


def test_two_hundred_tasks_that_failed_are_retried_at_once(system: System, visit: Visit) -> None:
    # Given
    system.client.submit_many({"task": "pass_gate", "args": [n]} for n in range(200))
    eventually(lambda: system.ledger.views.counts()["work"]["FAILURE"] == 200, within=60)
    page = visit("/tasks?task=pass_gate&state=FAILURE&limit=200")
    expect(_rows(page)).to_have_count(200)
    system.gate.touch()

    # When
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("200 selected")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    _confirm(page, "Retry 200 tasks")

    # Then
    expect(page.get_by_role("status").filter(has_text="200 of 200")).to_be_visible()
    expect(page.get_by_text("No task matches")).to_be_visible()
    eventually(lambda: system.ledger.views.counts()["work"]["SUCCESS"] == 200, within=60)
    system.gate.unlink()
