"""Signing in with a key, and what each role sees and may do."""

import re
from typing import Final
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from longshore_ledger.keys import Role
from tests.browser.system import System
from tests.browser.visiting import Visit, WatchOf
from tests.services.waiting import eventually

ADMIN: Final = "the-keeper-of-the-harness"
SETTINGS: Final = {"host": "0.0.0.0", "admin_key": ADMIN}
"""An API that other machines reach asks for keys."""
PAGES: Final = ("/", "/tasks", "/batches", "/queues", "/workers")
CHANGING: Final = (
    "button:is([hx-post], [data-all]), main form[method=post], "
    "main a:is([href^='/submit'], [href^='/upload'])"
)
"""Whatever on a page changes something, or leads to what does."""


def _sign_in(page: Page, key: str) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def _key(system: System, role: Role) -> str:
    return system.ledger.keys.create(f"{role}-{uuid4().hex[:6]}", role)


@pytest.fixture
def done(system: System) -> str:
    """A task that failed, so that there is something to retry."""
    handle = system.client.submit("fail", "so that it can be retried")
    system.wait_for(handle.id, "FAILURE")
    return str(handle.id)


def test_who_has_not_signed_in_is_asked_to_and_led_back(system: System, visit: Visit) -> None:
    # Given
    page = visit("/tasks?state=FAILURE")
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_label("API key")).to_be_focused()
    expect(page.get_by_role("navigation")).to_have_count(0)

    # When
    _sign_in(page, _key(system, Role.OPERATOR))

    # Then
    expect(page).to_have_url(re.compile(r"/tasks\?state=FAILURE$"))
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


def test_a_wrong_key_is_told_with_what_to_do(visit: Visit, watch_of: WatchOf) -> None:
    # Given
    page = visit("/")
    watch_of(page).allow("status of 403")

    # When
    _sign_in(page, "lsk_wrong")

    # Then
    expect(page.get_by_role("alert")).to_contain_text("Unknown key.")
    expect(page.get_by_label("API key")).to_have_attribute("aria-invalid", "true")


def test_a_viewer_sees_everything_and_no_buttons(system: System, visit: Visit, done: str) -> None:
    # Given
    page = visit("/")

    # When
    _sign_in(page, _key(system, Role.VIEWER))

    # Then
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link")).to_have_text(
        ["Overview", "Tasks", "Batches", "Queues", "Workers"]
    )
    for path in (*PAGES, f"/tasks/{done}"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(CHANGING)).to_have_count(0)


def test_a_viewer_who_asks_for_the_form_is_told_why_not(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given
    page = visit("/submit")
    watch_of(page).allow("status of 403")

    # When
    _sign_in(page, _key(system, Role.VIEWER))

    # Then
    expect(page.get_by_text("Status 403")).to_be_visible()
    expect(page.get_by_role("link", name="Go to the overview")).to_be_visible()


def test_a_submitter_submits_and_changes_nothing_else(system: System, visit: Visit, done: str) -> None:
    # Given
    page = visit("/submit?task=add")
    _sign_in(page, _key(system, Role.SUBMITTER))

    # When
    page.get_by_role("textbox", name="a (required)").fill("1")
    page.get_by_role("textbox", name="b (required)").fill("2")
    page.get_by_role("button", name="Submit", exact=True).click()

    # Then
    expect(page.locator("#result")).to_have_text("3")
    for path in ("/tasks", "/queues", "/workers", f"/tasks/{done}"):
        page.goto(path)
        expect(page.locator("button:is([hx-post], [data-all])")).to_have_count(0)


def test_an_operator_uploads_retries_and_pauses(system: System, visit: Visit, done: str) -> None:
    # Given: every one of these needs the session's token
    page = visit(f"/tasks/{done}")
    _sign_in(page, _key(system, Role.OPERATOR))

    # When
    page.get_by_role("button", name="Retry").click()

    # Then
    expect(page.locator(".timeline")).to_contain_text("retried by operator-")
    page.goto("/queues")
    page.get_by_role("button", name="Pause add").click()
    expect(page.locator("#row-add")).to_contain_text("paused")
    page.get_by_role("button", name="Resume add").click()
    expect(page.locator("#row-add")).not_to_contain_text("paused")
    page.goto("/upload")
    page.get_by_label("Run this task on every line").select_option("add")
    page.locator("#file").set_input_files({"name": "n.txt", "mimeType": "text/plain", "buffer": b"1 2\n"})
    with page.expect_download():
        page.get_by_role("button", name="Upload and run").click()


def test_who_signs_out_has_to_sign_in_again(system: System, visit: Visit) -> None:
    # Given
    page = visit("/queues")
    _sign_in(page, _key(system, Role.VIEWER))
    expect(page.get_by_role("heading", name="Queues")).to_be_visible()

    # When
    page.get_by_role("button", name="Sign out").click()

    # Then
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.goto("/queues")
    expect(page).to_have_url(re.compile("/sign-in"))
    assert page.context.cookies() == []


def test_a_key_that_is_revoked_while_it_watches_leads_to_signing_in_and_back(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given
    page = visit("/queues")
    watch_of(page).allow("status of 401")
    secret = system.ledger.keys.create("short-lived", Role.OPERATOR)
    _sign_in(page, secret)
    expect(page.get_by_role("button", name="Pause add")).to_be_visible()

    # When
    assert system.ledger.keys.revoke("short-lived")
    page.get_by_role("button", name="Pause add").click()

    # Then
    page.get_by_role("status").get_by_role("link", name="Sign in").click()
    _sign_in(page, ADMIN)
    expect(page).to_have_url(re.compile("/queues$"))


def test_a_page_that_only_watches_leads_to_signing_in_when_its_key_is_revoked(
    system: System, visit: Visit, watch_of: WatchOf
) -> None:
    # Given
    page = visit("/workers")
    watch_of(page).allow("status of 401")
    watch_of(page).allow("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING")
    _sign_in(page, system.ledger.keys.create("watching", Role.VIEWER))
    expect(page.locator("#link-state")).to_have_text("Live")

    # When: its stream must be opened again
    assert system.ledger.keys.revoke("watching")
    system.api.stop()
    system.api.start()
    eventually(system.answers)

    # Then
    expect(page).to_have_url(re.compile("/sign-in.*workers"))
    _sign_in(page, ADMIN)
    expect(page).to_have_url(re.compile("/workers$"))
