"""The report in a real browser, from a file: it fits a phone, and a keyboard is enough."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from longshore_loadtest.report import compare, summarise, write, write_comparison
from longshore_loadtest.verify import verify
from tests.browser.chromium import launch
from tests.loadtest.story import API, Break, steady, story
from tests.loadtest.telling import history_of

pytestmark = pytest.mark.browser
AXE: Final = Path(__file__).parents[2] / "services/api/web/node_modules/axe-core/axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK: Final = """async rules => {
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: rules } });
    return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target}`));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright.chromium)
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of a report with broken promises and faults, and of a comparison."""
    folder = tmp_path_factory.mktemp("report")
    breaks = [Break("worker killed by force", "worker-1", 8, 12), Break(API, "api-1", 20, 22)]
    history = history_of(
        story(40, lambda at: 4 * (int(at / 4) + 1), breaks, lost=2), shape="staircase", seconds=40.0
    )
    broken = summarise(history, verify(history))
    history = history_of(story(30, steady(10)))
    kept = summarise(history, verify(history))
    return {
        "report": write(broken, folder).as_uri(),
        "comparison": write_comparison(compare(kept, broken), folder).as_uri(),
    }


def opened(browser: Browser, url: str, width: int, scheme: Literal["light", "dark"] = "light") -> Page:
    """The page; whatever it complains of fails the test."""
    page = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    ).new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: pytest.fail(message.text))
    page.goto(url)
    return page


@pytest.mark.parametrize("name", ["report", "comparison"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_read_it_at_a_desk_and_on_a_phone(
    browser: Browser, pages: dict[str, str], name: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    # When
    page = opened(browser, pages[name], width, scheme)
    page.add_script_tag(path=AXE)

    # Then
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(LOOK, RULES) == []


def test_a_moment_is_found_with_the_keyboard_alone(browser: Browser, pages: dict[str, str]) -> None:
    # Given
    page = opened(browser, pages["report"], 1280)
    load = page.get_by_role("slider", name="Load")
    load.focus()

    # When
    for key in ("Home", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)

    # Then: what is said and what is shown is what the table has
    cells = page.locator("figure[data-chart=load] tbody tr").nth(9).locator("td").all_text_contents()
    expect(page.locator("figure[data-chart=load] output")).to_have_text(cells)
    expect(load).to_have_attribute(
        "aria-valuetext", f"0:09: offered {cells[0]}, acknowledged {cells[1]}, worker killed by force"
    )
    expect(page.locator(".cursor")).to_have_count(page.locator("figure.chart").count())
    page.keyboard.press("Escape")
    expect(page.locator(".cursor")).to_have_count(0)


def test_pointing_at_a_moment_shows_it_on_all_charts(browser: Browser, pages: dict[str, str]) -> None:
    # Given
    page = opened(browser, pages["report"], 1280)
    plot = page.locator("figure[data-chart=completions] .plot")

    # When
    plot.hover()

    # Then
    expect(page.locator("figure[data-chart=completions] .cursor time")).to_have_text(
        re.compile("^0:(19|2[0-9])")
    )
    expect(page.locator("figure[data-chart=backlog] output")).not_to_be_empty()


def test_a_finding_leads_to_its_lines(browser: Browser, pages: dict[str, str]) -> None:
    # Given
    page = opened(browser, pages["report"], 1280)

    # When
    page.get_by_role("link", name="history.ndjson:").first.click()

    # Then
    expect(page.locator(".quotes li:target")).to_be_in_viewport()
    expect(page.locator(".quotes li:target")).to_contain_text('"id":"r-1"')
