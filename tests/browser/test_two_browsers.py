"""Two people at two browsers: what one does the other sees, and they do not get into each other's way."""

import re

from playwright.sync_api import Page, expect

from tests.browser.system import System
from tests.browser.visiting import Visit


def _retry_all(page: Page) -> None:
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Retry")).click()


def test_what_one_does_the_other_sees(system: System, visit: Visit) -> None:
    # Given
    one, other = visit("/queues"), visit("/queues")
    expect(other.locator("#link-state")).to_have_text("Live")

    # When
    one.get_by_role("button", name="Pause divide").click()

    # Then
    expect(other.locator("#row-divide")).to_contain_text("paused")
    other.get_by_role("button", name="Resume divide").click()
    expect(one.locator("#row-divide")).not_to_contain_text("paused")
    expect(one.get_by_role("button", name="Pause divide")).to_be_visible()


def test_what_one_submits_the_other_watches(system: System, visit: Visit) -> None:
    # Given
    one, other = visit("/submit?task=multiply"), visit("/tasks?task=multiply")

    # When
    one.get_by_role("textbox", name="a (required)").fill("6")
    one.get_by_role("textbox", name="b (required)").fill("7")
    one.get_by_role("button", name="Submit", exact=True).click()

    # Then
    row = other.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator(".state")).to_have_text("Success")
    expect(one.locator("#result")).to_have_text("42")


def test_who_comes_second_is_told_what_was_done_already(system: System, visit: Visit) -> None:
    # Given: both have chosen the same tasks
    ids = [system.client.submit("add", n, 1, queue="shared").id for n in range(3)]
    system.client.cancel_many(ids)
    one, other = visit("/tasks?queue=shared"), visit("/tasks?queue=shared")
    other.get_by_label("Select all on this page").check()

    # When
    _retry_all(one)
    expect(one.locator(".toast")).to_contain_text("3 of 3")
    _retry_all(other)

    # Then
    expect(other.locator(".toast")).to_contain_text("0 of 3")
    expect(other.locator(".toast")).to_contain_text("3 unchanged")
    assert {system.state(id) for id in ids} <= {"PENDING", "QUEUED"}


def test_two_uploads_at_once_each_bring_their_own_file(system: System, visit: Visit) -> None:
    # Given
    pages = [visit("/upload"), visit("/upload")]
    for number, page in enumerate(pages):
        page.get_by_label("Run this task on every line").select_option("add")
        lines = "".join(f"{n} {number}\n" for n in range(500))
        page.locator("#file").set_input_files(
            {"name": f"file-{number}.txt", "mimeType": "text/plain", "buffer": lines.encode()}
        )

    # When
    with pages[0].expect_download() as first, pages[1].expect_download() as second:
        for page in pages:
            page.get_by_role("button", name="Upload and run").click()
    outputs = [waiting.value.path().read_text() for waiting in (first, second)]

    # Then
    assert outputs == ["".join(f"{n + number}\n" for n in range(500)) for number in (0, 1)]
