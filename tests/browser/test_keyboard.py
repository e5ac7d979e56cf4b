"""The whole day's work by keyboard alone."""

import os
import re
import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.system import System
from tests.browser.visiting import Visit
from tests.services.waiting import eventually


def _go(page: Page, name: str) -> None:
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True)
    Keyboard(page).press(link)
    expect(link).to_have_attribute("aria-current", "page")


def test_a_file_is_uploaded_watched_fetched_and_corrected(
    system: System, visit: Visit, tmp_path: Path
) -> None:
    # Given: a hundred thousand lines, twenty of which cannot be done yet
    page = visit("/")
    keys = Keyboard(page)
    file = tmp_path / "hundred-thousand.txt"
    lines = [f"{n} 1" for n in range(100_000)]
    lines[::5_000] = ["1 0"] * 20
    file.write_text("\n".join(lines) + "\n")
    _go(page, "Upload")

    # When
    keys.choose(page.get_by_label("Run this task on every line"), "divide")
    with page.expect_file_chooser() as chooser:
        keys.press(page.locator("#file"), "Enter")
    chooser.value.set_files(file)
    with page.expect_download(timeout=60_000) as waiting:
        keys.press(page.get_by_role("button", name="Upload and run"))

    # Then
    expect(page.locator("#failed-count")).to_have_text("20")
    assert Path(waiting.value.path()).read_bytes().count(b"error: line") == 20
    expect(page.get_by_role("region", name="Failed lines").get_by_role("row")).to_have_count(21)

    # When
    with page.expect_download(timeout=60_000) as waiting:
        keys.press(page.get_by_role("button", name="Retry the failed lines"))

    # Then
    assert Path(waiting.value.path()).read_bytes().count(b"\n") == 100_000


def test_a_task_is_submitted_and_cancelled(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")
    keys = Keyboard(page)
    _go(page, "Submit")

    # When
    keys.choose(page.get_by_label("Task", exact=True), "sleep")
    expect(page.get_by_text("Sleep, a tenth of a second at a time.")).to_be_visible()
    keys.write(page.get_by_label("seconds"), "60")
    keys.press(page.get_by_role("button", name="Submit", exact=True))
    expect(page.locator(".page-head .state")).to_have_text("Started")
    keys.press(page.get_by_role("button", name="Cancel"))
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Cancel"))

    # Then
    expect(page.locator(".page-head .state")).to_have_text(re.compile("Success|Revoked"))


def test_a_queue_is_paused_and_resumed(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")
    keys = Keyboard(page)
    _go(page, "Queues")

    # When
    keys.press(page.get_by_role("button", name="Pause add"))

    # Then
    expect(page.locator("#row-add")).to_contain_text("paused")
    keys.press(page.get_by_role("button", name="Resume add"))
    expect(page.locator("#row-add")).not_to_contain_text("paused")


def test_tasks_are_filtered_chosen_and_retried(system: System, visit: Visit) -> None:
    # Given
    handles = [system.client.submit("pass_gate", number) for number in range(3)]
    for handle in handles:
        system.wait_for(handle.id, "FAILURE")
    system.gate.touch()
    page = visit("/")
    keys = Keyboard(page)
    _go(page, "Tasks")

    # When
    keys.choose(page.get_by_label("State"), "Failure")
    expect(page).to_have_url(re.compile("state=FAILURE"))
    keys.press(page.get_by_label("Select all on this page"), "Space")
    keys.press(page.get_by_role("button", name="Retry"))
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Retry 3 tasks"))

    # Then
    expect(page.locator(".toast")).to_contain_text("3 of 3")
    for handle in handles:
        system.wait_for(handle.id, "SUCCESS")
    system.gate.unlink()


def test_a_worker_that_is_killed_is_replaced_while_one_watches(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")
    _go(page, "Workers")
    ((pid, id),) = system.live_workers().items()
    handle = system.client.submit("wait_at_gate")
    expect(page.locator(f"#worker-{id}")).to_contain_text(handle.id)

    # When
    os.killpg(pid, signal.SIGKILL)
    system.workers.clear()
    system.add_worker()

    # Then
    expect(page.locator(f"#worker-{id}")).to_contain_text("dead")
    system.gate.touch()
    assert handle.result(timeout=60) == "passed"
    system.gate.unlink()
    other = eventually(lambda: next(iter(system.live_workers().values())))
    Keyboard(page).press(page.locator(f"#worker-{other}").get_by_role("button", name="Drain"))
    Keyboard(page).press(page.get_by_role("dialog").get_by_role("button", name="Drain"))
    expect(page.locator(f"#worker-{other}")).to_have_count(0)


def test_the_content_is_one_press_away(visit: Visit) -> None:
    # Given
    page = visit("/tasks")

    # When
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    # Then
    expect(page.get_by_role("main")).to_be_focused()


def test_a_dialog_gives_the_focus_back(system: System, visit: Visit) -> None:
    # Given
    system.client.submit("add", 1, 1, id="to-be-chosen", queue="forgotten")
    page = visit("/tasks/to-be-chosen")
    keys = Keyboard(page)
    keys.press(page.get_by_role("button", name="Cancel"))
    expect(page.get_by_role("button", name="Go back")).to_be_focused()

    # When
    page.keyboard.press("Escape")

    # Then
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
