"""One task's page: what went in, what came out, what happened on the way, and why it waits."""

import os
import re
import shlex
import subprocess
import sys

import httpx
from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit, WatchOf
from tests.services.waiting import eventually


def test_a_failed_task_shows_its_error_with_the_traceback(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("fail", "the hold is full")
    system.wait_for(handle.id, "FAILURE")

    # When
    page = visit(f"/tasks/{handle.id}")

    # Then
    expect(page.get_by_text("ValueError: the hold is full").first).to_be_visible()
    expect(page.get_by_label("Traceback")).to_contain_text("raise ValueError(reason)")
    expect(page.locator("#arguments")).to_contain_text("the hold is full")


def test_its_timeline_tells_each_attempt_and_why_it_was_retried(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("flaky", 2)
    page = visit(f"/tasks/{handle.id}")

    # When
    expect(page.locator(".page-head .state")).to_have_text("Success")

    # Then
    moments = page.locator(".timeline li")
    expect(moments.filter(has_text="Started")).to_have_count(3)
    expect(moments.filter(has_text="attempt 2: the other side is not there yet")).to_have_count(1)
    (worker,) = system.live_workers().values()
    expect(moments.filter(has_text=f"on {worker}")).not_to_have_count(0)
    expect(moments.last).to_contain_text("Success")
    expect(moments.first.locator("time")).to_have_attribute("title", re.compile(r"\d{4}"))


def test_a_task_that_waits_says_why_and_goes_on_by_itself(system: System, visit: Visit) -> None:
    # Given
    system.client.pause("subtract")
    handle = system.client.submit("subtract", 5, 3)
    page = visit(f"/tasks/{handle.id}")
    expect(page.locator(".notice")).to_contain_text(re.compile("queue subtract was paused at .* by "))

    # When
    system.client.resume("subtract")

    # Then
    expect(page.locator("#result")).to_have_text("2")
    expect(page.locator(".page-head .state")).to_have_text("Success")
    expect(page.locator(".notice")).to_have_count(0)


def test_a_running_task_shows_its_progress_and_is_cancelled(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("sleep", 60)
    page = visit(f"/tasks/{handle.id}")
    progress = page.get_by_role("progressbar", name="Progress")
    expect(progress).to_be_visible()
    before = progress.evaluate("bar => bar.value")
    eventually(lambda: progress.evaluate("bar => bar.value") > before)

    # When
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    # Then
    expect(page.locator(".page-head .state")).to_have_text(re.compile("Success|Revoked"))
    assert system.client.task(handle.id).cancel_requested is not None


def test_a_failed_task_is_retried(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("pass_gate", 7)
    system.wait_for(handle.id, "FAILURE")
    page = visit(f"/tasks/{handle.id}")
    system.gate.touch()

    # When
    page.get_by_role("button", name="Retry").click()

    # Then
    expect(page.locator("#result")).to_have_text("7")
    expect(page.locator(".timeline")).to_contain_text("retried by")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    system.gate.unlink()


def test_it_is_copied_as_a_curl_command_that_works(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("add", 20, 22)
    page = visit(f"/tasks/{handle.id}", permissions=["clipboard-read", "clipboard-write"])

    # When
    page.get_by_role("button", name="Copy as curl").click()

    # Then
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    command, url, *words = shlex.split(page.evaluate("navigator.clipboard.readText()").replace("\\\n", ""))
    assert (command, words[0], words[2]) == ("curl", "-H", "-d")
    name, _, value = words[1].partition(": ")
    answer = httpx.post(url, headers={name: value}, content=words[3], trust_env=False)
    assert answer.status_code == 202
    assert system.client.result(answer.json()["id"], timeout=60) == 42


def test_it_is_copied_as_a_python_program_that_works(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("order", 'it\'s "quoted"', 3)
    page = visit(f"/tasks/{handle.id}", permissions=["clipboard-read", "clipboard-write"])

    # When
    page.get_by_role("button", name="Copy as Python").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    program = page.evaluate("navigator.clipboard.readText()")

    # Then
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == f"{handle.result(timeout=60)}\n"


def test_where_there_is_no_clipboard_the_text_is_selected(system: System, visit: Visit) -> None:
    # Given
    handle = system.client.submit("add", 1, 1)
    page = visit(f"/tasks/{handle.id}")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")

    # When
    page.get_by_role("button", name="Copy as curl").click()

    # Then
    expect(page.get_by_text("The text is selected.")).to_be_visible()
    assert page.evaluate("String(getSelection())").startswith("curl http://127.0.0.1")


def test_an_unknown_task_is_told_in_words(visit: Visit, watch_of: WatchOf) -> None:
    # Given
    page = visit("/tasks")
    watch_of(page).allow("status of 404")

    # When
    page.goto("/tasks/nobody-knows-me")

    # Then
    expect(page.get_by_role("heading", level=1)).to_contain_text("no task with this id")
    expect(page.get_by_role("link", name="Go to the overview")).to_be_visible()
