"""What a page costs its reader, what can be counted of it; loadtest/benchmarks/browser.py measures times."""

from typing import Final

from playwright.sync_api import Response, expect

from tests.browser.visiting import Visit, WatchOf

SCRIPTS: Final = 150 * 1024
"""Bytes of script, compressed, that the first page may take."""
PAGES: Final = ("/", "/submit", "/upload", "/tasks", "/batches", "/queues", "/workers")


def test_the_first_page_takes_little_script(visit: Visit) -> None:
    # Given
    page = visit("/queues")
    answers: list[Response] = []

    def keep(answer: Response) -> None:  # Playwright takes no method of a list
        answers.append(answer)

    page.context.on("response", keep)

    # When
    fresh = page.context.new_page()
    fresh.goto("/")
    expect(fresh.locator("#link-state")).to_have_text("Live")

    # Then
    scripts = [answer for answer in answers if answer.request.resource_type == "script"]
    assert all(answer.header_value("content-encoding") == "gzip" for answer in scripts)
    assert sum(int(answer.header_value("content-length") or SCRIPTS) for answer in scripts) <= SCRIPTS
    assert len(scripts) > 2


def test_no_page_asks_anybody_but_us(visit: Visit, watch_of: WatchOf) -> None:
    # Given
    page = visit("/")

    # When
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("load")

    # Then
    assert watch_of(page).foreign() == set()


def test_scripts_and_styles_are_asked_for_once(visit: Visit) -> None:
    # Given
    page = visit("/")
    expect(page.locator("#link-state")).to_have_text("Live")

    # When
    page.goto("/")
    expect(page.locator("#link-state")).to_have_text("Live")

    # Then
    cached = page.evaluate(
        "performance.getEntriesByType('resource').filter(each => each.name.includes('/assets/'))"
        ".map(each => each.transferSize)"
    )
    assert set(cached) == {0}
