"""A file goes in, its progress is shown, and what came of it downloads by itself."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Download, FilePayload, Page, expect

from tests.browser.system import System
from tests.browser.visiting import Visit, WatchOf

DROP = """text => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'dropped.txt', { type: 'text/plain' }));
    return data;
}"""

HIDE = """() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def _file(text: str, name: str = "numbers.txt") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def _choose(page: Page, task: str, text: str, name: str = "numbers.txt") -> None:
    page.get_by_label("Run this task on every line").select_option(task)
    page.locator("#file").set_input_files(_file(text, name))


def _send(page: Page) -> str:
    """Upload, and return the batch's id."""
    page.get_by_role("button", name="Upload and run").click()
    page.wait_for_url("**/batches/*")
    return page.url.rpartition("/")[2]


def _fetched_by(page: Page, act: Callable[[], object]) -> bytes:
    """What downloads by itself after `act`."""
    with page.expect_download() as waiting:
        act()
    return _bytes_of(waiting.value)


def _bytes_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def _output(system: System, id: str) -> bytes:
    return b"".join(system.client.batch_bytes(id, "output"))


def test_the_output_of_an_uploaded_file_downloads_by_itself(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    lines = [f"{n} {n}" for n in range(300)]
    lines[6], lines[99] = "7 seven", "1 2 3"
    _choose(page, "add", "\n".join(lines) + "\n")

    # When
    with page.expect_download() as waiting:
        id = _send(page)

    # Then
    assert _bytes_of(waiting.value) == _output(system, id)
    assert waiting.value.suggested_filename.startswith("numbers")
    expect(page.get_by_text("The output of numbers.txt is being downloaded.")).to_be_visible()
    expect(page.locator("#done")).to_have_text("300")
    expect(page.locator("#failed-count")).to_have_text("2")


def test_the_output_comes_though_its_tab_is_behind_another_one(system: System, visit: Visit) -> None:
    # Given a file that is not done when its tab is left
    system.client.pause("add")
    page = visit("/upload")
    _choose(page, "add", "1 2\n")
    id = _send(page)
    expect(page.locator("#link-state")).to_have_text("Live")
    page.evaluate(HIDE)

    # When
    output = _fetched_by(page, lambda: system.client.resume("add"))

    # Then
    assert output == _output(system, id) == b"3\n"


def test_lines_that_failed_are_listed_with_number_and_reason(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _choose(page, "divide", "1 2\n1 0\n3 four\n")

    # When
    with page.expect_download():  # The output comes by itself, before or after the failed lines.
        id = _send(page)

    # Then
    failed = page.get_by_role("region", name="Failed lines").get_by_role("row")
    expect(failed.nth(1)).to_contain_text(re.compile(r"2.*division by zero"))
    expect(failed.nth(2)).to_contain_text(re.compile(r"3.*expected .*, got 'four'"))
    errors = _fetched_by(page, page.get_by_role("link", name="Download all").click)
    assert errors == b"".join(system.client.batch_bytes(id, "errors"))


def test_a_file_can_be_dropped_on_the_page(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    page.get_by_label("Run this task on every line").select_option("multiply")

    # When
    data = page.evaluate_handle(DROP, "3 4\n5 6\n")
    page.dispatch_event("#drop", "drop", {"dataTransfer": data})

    # Then
    assert _fetched_by(page, lambda: _send(page)) == b"12\n30\n"
    expect(page.get_by_role("heading", name="dropped.txt")).to_be_visible()


def test_a_csv_file_names_its_columns(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _choose(page, "subtract", "b,a\n1,10\n2,20\n", "table.csv")

    # When
    page.get_by_text("More: format").click()
    page.get_by_label("Format").select_option("CSV")

    # Then
    assert _fetched_by(page, lambda: _send(page)).endswith(b"9\n18\n")


def test_progress_is_shown_while_lines_run_and_a_reload_finds_it_again(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _choose(page, "slow_add", "".join(f"{n} 1 0.1\n" for n in range(80)), "slow.txt")
    id = _send(page)

    # When
    expect(page.locator("#speed")).to_contain_text(re.compile(r"lines per second, about .* left"))
    expect(page.locator("#done")).not_to_have_text("0")
    page.reload()

    # Then
    expect(page.locator(".page-head .state")).to_have_text("Running")
    with page.expect_download() as waiting:
        expect(page.locator("#done")).to_have_text("80")
    assert _bytes_of(waiting.value) == _output(system, id)


def test_a_file_is_found_again_from_the_upload_page(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _choose(page, "add", "1 1\n", "found.txt")
    with page.expect_download():
        id = _send(page)

    # When
    page.get_by_role("link", name="Upload", exact=True).click()
    page.get_by_role("link", name="found.txt").click()

    # Then: it was fetched once, and is there to be fetched again
    expect(page).to_have_url(re.compile(id))
    assert _fetched_by(page, page.get_by_role("link", name="Download the output").click) == b"2\n"


def test_lines_that_are_retried_bring_the_file_again(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _choose(page, "pass_gate", "1\n2\n3\n", "gate.txt")
    assert _fetched_by(page, lambda: _send(page)).count(b"the gate is closed") == 3
    system.gate.touch()

    # When
    output = _fetched_by(page, page.get_by_role("button", name="Retry the failed lines").click)

    # Then
    system.gate.unlink()
    assert output == b"1\n2\n3\n"
    expect(page.locator("#failed-count")).to_have_text("0")
    expect(page.locator("#failed")).to_contain_text("None.")


def test_what_has_not_run_of_a_file_is_cancelled(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _choose(page, "slow_add", "".join(f"{n} 1 1\n" for n in range(60)), "long.txt")
    _send(page)

    # When
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_contain_text("Cancel the remaining lines?")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    # Then
    expect(page.locator(".page-head .state")).to_have_text("Revoked")
    expect(page.locator("#speed")).to_contain_text("To run it, upload the file again")


def test_a_large_file_shows_how_much_of_it_was_sent_and_can_be_stopped(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given: a slow line
    page = visit("/upload")
    watch_of(page).allow("status of 404")  # the page asks whether the batch is there
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    _choose(page, "add", "1 2\n" * 500_000, "large.txt")

    # When
    page.get_by_role("button", name="Upload and run").click()

    # Then
    expect(page.locator("#sent-words")).to_have_text(re.compile(r"Sent .* of 2\.0 MB, [1-9]\d* %"))
    page.get_by_role("button", name="Stop the upload").click()
    expect(page.get_by_role("alert")).to_contain_text("The upload was stopped. No line was run.")
    expect(page.get_by_role("button", name="Upload and run")).to_be_enabled()


def test_a_file_that_is_no_text_is_refused_in_words(visit: Visit, watch_of: WatchOf) -> None:
    # Given
    page = visit("/upload")
    watch_of(page).allow("status of 4")

    # When
    page.locator("#file").set_input_files({"name": "a.bin", "mimeType": "x", "buffer": b"1 2\n\0\0\n"})
    page.get_by_role("button", name="Upload and run").click()

    # Then
    expect(page.get_by_role("alert")).to_contain_text("line 2")
    expect(page.get_by_role("button", name="Upload and run")).to_be_enabled()


def test_without_a_file_the_form_says_so(visit: Visit) -> None:
    # Given
    page = visit("/upload")

    # When
    page.get_by_role("button", name="Upload and run").click()

    # Then
    expect(page.get_by_role("alert")).to_contain_text("No file chosen.")
    expect(page.locator("#file")).to_be_focused()


def test_a_file_of_a_hundred_thousand_lines(system: System, visit: Visit) -> None:
    # Given: twenty of its lines are no calls
    page = visit("/upload")
    lines = [f"{n} {n}" for n in range(100_000)]
    lines[::5_000] = ["1 one"] * 20
    _choose(page, "add", "\n".join(lines), "acceptance.txt")

    # When
    with page.expect_download() as waiting:
        id = _send(page)

    # Then
    output = _bytes_of(waiting.value)
    assert output == _output(system, id)
    assert output.count(b"\n") == 100_000
    assert output.count(b"error: line") == 20
    expect(page.locator("#failed-count")).to_have_text("20")
    expect(page.get_by_role("region", name="Failed lines").get_by_role("row")).to_have_count(21)
