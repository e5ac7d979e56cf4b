"""An upload whose answer is missing: the page asks the server, and says what is true."""

import re

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.system import System
from tests.browser.visiting import Visit, WatchOf

_LOST = """
const listen = XMLHttpRequest.prototype.addEventListener;
XMLHttpRequest.prototype.addEventListener = function (type, heard, ...more) {
  if (type === "load") return;
  listen.call(this, type === "%s" ? "load" : type, heard, ...more);
};
"""
"""The answer comes, and the page hears something else instead."""


def _send(page: Page, text: str = "1 1\n2 2\n") -> None:
    page.select_option("#task", "add")
    page.set_input_files("#file", {"name": "sums.txt", "mimeType": "text/plain", "buffer": text.encode()})
    page.get_by_role("button", name="Upload and run").click()


def _lose(page: Page, event: str) -> None:
    page.add_init_script(_LOST % event)
    page.reload()


def test_a_file_whose_answer_was_lost_is_shown_as_what_it_is(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _lose(page, "error")

    # When
    _send(page)

    # Then
    expect(page).to_have_url(re.compile("/batches/"))


def test_a_file_that_was_stopped_too_late_is_said_to_run(system: System, visit: Visit) -> None:
    # Given
    page = visit("/upload")
    _lose(page, "abort")

    # When
    _send(page)

    # Then
    expect(page.get_by_role("alert")).to_contain_text("It was too late to stop the upload.")
    page.get_by_role("link", name="View or cancel it").click()
    expect(page).to_have_url(re.compile("/batches/"))


def test_a_server_that_says_nothing_is_not_taken_for_one_that_has_nothing(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given a server that takes the file, and then cannot be asked
    page = visit("/upload")
    watch_of(page).allow("Failed to load resource")
    _lose(page, "error")
    page.clock.install()
    ids: list[str] = []

    def refuse(route: Route, request: Request) -> None:
        ids.append(request.url.rpartition("/")[2])
        route.abort("connectionrefused")

    page.route(re.compile("/v1/batches/.+"), refuse)

    # When
    _send(page)
    alert = page.get_by_role("alert")
    for _ in range(60):
        page.clock.run_for(1000)
        if alert.is_visible():
            break

    # Then it says so, and the file sent again is the same batch
    expect(alert).to_contain_text("It is unknown whether the upload succeeded.")
    page.unroute(re.compile("/v1/batches/.+"))
    page.get_by_role("button", name="Upload and run").click()
    expect(page).to_have_url(re.compile(f"/batches/{ids[0]}"))
