"""Submitting a task by a form that is drawn from its schema."""

import re

from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit, WatchOf


def test_the_form_is_drawn_from_what_the_task_takes(visit: Visit) -> None:
    # Given
    page = visit("/submit")

    # When
    page.get_by_label("Task", exact=True).select_option("order")

    # Then
    expect(page.get_by_text("Order something.")).to_be_visible()
    item = page.get_by_role("textbox", name="item")
    expect(item).to_have_attribute("aria-required", "true")
    expect(item).to_have_accessible_description("What to order")
    expect(page.get_by_label("count")).to_have_value("1")
    expect(page.get_by_label("size").locator("option")).to_contain_text(["small", "large"])
    expect(page.get_by_label("size")).to_have_value('"small"')
    expect(page.get_by_role("checkbox", name="gift")).not_to_be_checked()
    expect(page.get_by_label("notes")).to_have_accessible_description(re.compile("JSON list"))
    expect(page).to_have_url(re.compile(r"/submit\?task=order$"))


def test_a_submitted_task_is_shown_until_it_ends(system: System, visit: Visit) -> None:
    # Given
    page = visit("/submit?task=order")

    # When
    page.get_by_role("textbox", name="item").fill("rope")
    page.get_by_label("count").fill("12")
    page.get_by_label("size").select_option(label="large")
    page.get_by_role("checkbox", name="gift").check()
    page.get_by_label("notes").fill('["soon", "please"]')
    page.get_by_role("button", name="Submit").click()

    # Then
    expect(page).to_have_url(re.compile(r"/tasks/[\w-]{36}$"))
    expect(page.locator(".page-head .state")).to_have_text("Success")
    expect(page.locator("#result")).to_contain_text('"count": 12')
    task = system.client.task(page.locator("#task-id").inner_text())
    assert task.result == {
        "item": "rope",
        "count": 12,
        "size": "large",
        "gift": True,
        "notes": ["soon", "please"],
        "weight": None,
    }


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    visit: Visit, watch_of: WatchOf
) -> None:
    # Given
    page = visit("/submit?task=order")
    watch_of(page).allow("status of 422")

    # When
    page.get_by_role("textbox", name="item").fill("rope")
    page.get_by_label("count").fill("200")
    page.get_by_role("button", name="Submit").click()

    # Then
    expect(page.get_by_role("alert")).to_contain_text("It was not submitted.")
    count = page.get_by_label("count")
    expect(count).to_have_attribute("aria-invalid", "true")
    expect(count).to_have_accessible_description(re.compile("99"))
    expect(count).to_have_value("200")
    expect(page.get_by_role("textbox", name="item")).to_have_value("rope")


def test_a_field_that_must_be_filled_says_so(visit: Visit, watch_of: WatchOf) -> None:
    # Given
    page = visit("/submit?task=add")
    watch_of(page).allow("status of 422")

    # When
    page.get_by_role("textbox", name="a (required)").fill("five")
    page.get_by_role("button", name="Submit").click()

    # Then
    expect(page.locator(".wrong")).to_have_text("expected a number, got 'five'")

    # When
    page.get_by_role("textbox", name="a (required)").fill("5")
    page.get_by_role("button", name="Submit").click()

    # Then
    expect(page.locator(".wrong")).to_have_text("is missing: fill it in")
    expect(page.get_by_role("textbox", name="b (required)")).to_have_attribute("aria-invalid", "true")


def test_priority_queue_and_delay_are_under_more(system: System, visit: Visit) -> None:
    # Given
    page = visit("/submit?task=add")
    expect(page.get_by_label("Priority")).to_be_hidden()

    # When
    page.get_by_role("textbox", name="a (required)").fill("1")
    page.get_by_role("textbox", name="b (required)").fill("2")
    page.get_by_text("More: queue").click()
    page.get_by_label("Priority").fill("9")
    page.get_by_label("Queue").fill("later")
    page.get_by_label("Delay").fill("3600")
    page.get_by_role("button", name="Submit").click()

    # Then
    expect(page.locator(".page-head .state")).to_have_text("Pending")
    task = system.client.task(page.locator("#task-id").inner_text())
    assert (task.priority, task.queue) == (9, "later")
    expect(page.locator(".notice")).to_contain_text("It is waiting for its start time")


def test_a_wrong_priority_is_told_where_it_was_typed(visit: Visit, watch_of: WatchOf) -> None:
    # Given
    page = visit("/submit?task=add")
    watch_of(page).allow("status of 422")
    page.get_by_role("textbox", name="a (required)").fill("1")
    page.get_by_role("textbox", name="b (required)").fill("2")

    # When
    page.get_by_text("More: queue").click()
    page.get_by_label("Priority").fill("12")
    page.get_by_role("button", name="Submit").click()

    # Then
    expect(page.get_by_label("Priority")).to_be_visible()
    expect(page.get_by_label("Priority")).to_have_attribute("aria-invalid", "true")


def test_a_form_that_is_sent_twice_submits_one_task(system: System, visit: Visit) -> None:
    # Given
    page = visit("/submit?task=add")
    page.get_by_role("textbox", name="a (required)").fill("20")
    page.get_by_role("textbox", name="b (required)").fill("3")

    # When
    page.get_by_role("button", name="Submit").dblclick()

    # Then
    expect(page.locator("#result")).to_have_text("23")
    assert sum(task.args == {"a": 20, "b": 3} for task in system.client.tasks(task="add")) == 1


def test_another_one_like_it_begins_with_the_same_arguments(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("order", "anchor", 2, priority=7)
    page = visit(f"/tasks/{handle.id}")

    # When
    page.get_by_role("link", name="Submit another like it").click()

    # Then
    expect(page.get_by_role("textbox", name="item")).to_have_value("anchor")
    expect(page.get_by_label("count")).to_have_value("2")
    page.get_by_text("More: queue").click()
    expect(page.get_by_label("Priority")).to_have_value("7")
