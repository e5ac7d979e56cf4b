"""Queues: how much waits in each, how fast it flows, and whether it may."""

import re

from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit


def test_a_paused_queue_holds_its_tasks_until_it_is_resumed(system: System, visit: Visit) -> None:
    # Given
    page = visit("/queues")
    row = page.locator("#row-multiply")

    # When
    row.get_by_role("button", name="Pause multiply").click()

    # Then
    expect(row.get_by_text("paused")).to_be_visible()
    handle = system.client.submit("multiply", 6, 7)
    expect(row.locator("[data-live$='/waiting']")).to_have_text("1")
    row.get_by_role("button", name="Resume multiply").click()
    expect(row.locator("[data-live$='/waiting']")).to_have_text("0")
    expect(row.get_by_text("paused")).to_have_count(0)
    assert handle.result(timeout=60) == 42


def test_depth_and_rate_are_live_and_the_last_hour_is_drawn(system: System, visit: Visit) -> None:
    # Given
    page = visit("/queues")
    row = page.locator("#row-work")

    # When more is to be done than there is room for, and none of it ends
    system.client.submit_many({"task": "wait_at_gate"} for _ in range(100))

    # Then
    expect(row.locator("[data-live$='/waiting']")).to_have_text("98")
    expect(row.locator("[data-live$='/started']")).to_have_text("2")
    expect(row.get_by_role("img")).to_have_accessible_name(re.compile("98 waiting"), timeout=60_000)

    # When all of it does
    system.gate.touch()

    # Then
    expect(row.locator("[data-live$='/rate']")).to_have_text(re.compile("[1-9]"))
    expect(row.locator("[data-live$='/waiting']")).to_have_text("0")
    system.gate.unlink()


def test_since_when_a_task_is_due_is_told_while_there_is_one(system: System, visit: Visit) -> None:
    # Given a page that has come to rest, of a queue that starts nothing
    system.client.pause("multiply")
    page = visit("/queues")
    row = page.locator("#row-multiply")
    expect(row.locator("[data-live$='/rate']")).to_have_text(re.compile(r"\d"))

    # When
    handle = system.client.submit("multiply", 6, 7)

    # Then it grows older from second to second, not with the quarter of a minute in which the page is fetched
    page.wait_for_function(
        """() => {
            const shown = document.querySelector("#row-multiply [data-live$='/oldest_at']").textContent;
            if (shown.endsWith(" ago")) (window.ages ??= new Set()).add(shown);
            return window.ages?.size === 3;
        }"""
    )

    # When
    system.client.resume("multiply")

    # Then
    expect(row.locator("[data-live$='/oldest_at']")).not_to_have_text(re.compile(r"ago|just now"))
    assert handle.result(timeout=60) == 42


def test_a_queue_that_is_new_appears_and_says_that_nobody_serves_it(system: System, visit: Visit) -> None:
    # Given
    page = visit("/queues")
    expect(page.locator("#link-state")).to_have_text("Live")

    # When
    system.client.submit("add", 1, 2, queue="upstairs")

    # Then
    expect(page.locator("#row-upstairs")).to_contain_text("no worker")
    page.locator("#row-upstairs").get_by_role("link", name="upstairs").click()
    expect(page.locator("tbody tr")).to_have_count(1)
