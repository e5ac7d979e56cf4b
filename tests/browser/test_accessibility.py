"""Every page by axe-core's rules for WCAG 2.2 A and AA, light and dark, large and small; and no jumps."""

from collections.abc import Callable
from functools import partial
from typing import Final, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.system import ROOT, System
from tests.browser.visiting import Visit, WatchOf
from tests.services.waiting import eventually

AXE: Final = ROOT / "services/api/web/node_modules/axe-core/axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK: Final = """async rules => {
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: rules } });
    return violations.flatMap(({ id, nodes }) => nodes.map(
        ({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}"""
SHIFTS: Final = """() => {
    window.shifts = [];
    new PerformanceObserver(list => {
        for (const { value, hadRecentInput, sources } of list.getEntries())
            if (!hadRecentInput)
                window.shifts.push([value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 99))]);
    }).observe({ type: 'layout-shift' });
}"""
BLANKS: Final = """() => {
    window.blanks = [];
    for (const place of document.querySelectorAll('[data-live]'))
        new MutationObserver(() => place.textContent.trim() === '' && window.blanks.push(place.dataset.live))
            .observe(place, { childList: true, characterData: true, subtree: true });
}"""
STICKING_OUT: Final = """() => {
    scrollTo(10_000, scrollY);
    const edge = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll('body :not(nav *, .scroll *)')]
        .filter(each => each.getBoundingClientRect().right + scrollX > edge);
    return scrollX === 0 ? [] : [scrollX, ...out.map(each => each.outerHTML.slice(0, 120))];
}"""
PHONE: Final = {"width": 360, "height": 740}
DESK: Final = {"width": 1280, "height": 800}
WALL: Final = {"width": 3840, "height": 2160}
"""Of 4K."""


@pytest.fixture(scope="module")
def busy(system: System) -> dict[str, str]:
    """A system with something on every page; ids of what is shown."""
    client = system.client
    client.pause("multiply")
    file = system.gate.with_name("a-file-with-a-rather-long-name-for-a-phone.txt")
    file.write_text("1 2\n" * 40 + "7 seven\n")
    batch = client.upload(file, "add")
    batch.wait(60)
    failed, flaky = client.submit("fail", "a reason " * 12), client.submit("flaky", 1)
    running, waiting = client.submit("sleep", 600), client.submit("multiply", 1, 2)
    client.submit("add", 1, 2, queue="nobody-serves-this-one")
    for handle, state in ((failed, "FAILURE"), (flaky, "SUCCESS"), (running, "STARTED")):
        system.wait_for(handle.id, state)
    return {
        "batch": f"/batches/{batch.id}",
        "failed task": f"/tasks/{failed.id}",
        "retried task": f"/tasks/{flaky.id}",
        "running task": f"/tasks/{running.id}",
        "waiting task": f"/tasks/{waiting.id}",
    }


PLACES: Final = {
    "overview": "/",
    "submit": "/submit?task=order",
    "upload": "/upload",
    "tasks": "/tasks",
    "tasks filtered": "/tasks?state=FAILURE&limit=50",
    "no tasks": "/tasks?queue=nothing-is-here",
    "batches": "/batches",
    "queues": "/queues",
    "workers": "/workers",
    "unknown": "/tasks/nobody",
}
"""Pages that are there whatever was submitted."""
SHOWN: Final = ("batch", "failed task", "retried task", "running task", "waiting task")


@pytest.fixture
def opened(visit: Visit, watch_of: WatchOf, busy: dict[str, str]) -> Callable[[str], Page]:
    """`opened("queues")`: that page, with axe-core in it."""

    def open_page(name: str) -> Page:
        page = visit("/", reduced_motion="reduce")
        watch_of(page).allow("status of 404")
        page.goto(PLACES.get(name) or busy[name])
        if page.locator("body[data-events]").count():
            expect(page.locator("#link-state")).to_have_text("Live")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        return page

    return open_page


@pytest.mark.parametrize("name", [*PLACES, *SHOWN])
def test_a_page_can_be_used_by_everyone(opened: Callable[[str], Page], name: str) -> None:
    # Given
    page = opened(name)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")

    # When
    found: dict[str, list[str]] = {}
    for scheme in schemes:
        for size, viewport in (("desk", DESK), ("phone", PHONE)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            found[f"{scheme}, {size}"] = page.evaluate(LOOK, RULES)

    # Then
    assert {look: wrong for look, wrong in found.items() if wrong} == {}


def _fits(page: Page) -> bool:
    out = page.evaluate(STICKING_OUT)
    assert out == []
    return True


@pytest.mark.parametrize("name", [*PLACES, *SHOWN])
def test_a_page_fits_a_phone_and_a_wall(opened: Callable[[str], Page], name: str) -> None:
    # Given
    page = opened(name)

    for viewport in (PHONE, DESK, WALL):
        # When
        page.set_viewport_size(viewport)  # type: ignore[arg-type]

        # Then: a table may be scrolled, but not the page
        eventually(partial(_fits, page))


@pytest.mark.parametrize("name", ["overview", "queues", "workers", "running task"])
def test_nothing_jumps_or_flickers_while_things_happen(
    system: System, opened: Callable[[str], Page], name: str
) -> None:
    # Given
    page = opened(name)
    eventually(lambda: page.evaluate("document.fonts.status") == "loaded")
    page.evaluate("new Promise(resolve => requestIdleCallback(resolve))")
    seen = int(page.evaluate("performance.getEntriesByType('resource').length"))
    page.evaluate(SHIFTS)
    page.evaluate(BLANKS)

    # When
    handles = [system.client.submit("add", number, 1) for number in range(30)]
    assert [handle.result(timeout=60) for handle in handles] == list(range(1, 31))
    if name == "overview":
        expect(page.locator("[data-live='rates/succeeded']")).not_to_have_text("0")
        expect(page.locator("[data-live='rates/succeeded']")).to_have_text("0")
    else:
        eventually(lambda: page.evaluate("performance.getEntriesByType('resource').length") >= seen)

    # Then
    assert page.evaluate("window.shifts") == []
    assert page.evaluate("window.blanks") == []


def test_the_theme_that_was_chosen_stays(visit: Visit) -> None:
    # Given
    page = visit("/", color_scheme="light")
    theme = page.get_by_role("button", name="Theme")

    # When
    theme.click()
    theme.click()

    # Then
    expect(theme).to_have_text("Theme: dark")
    page.goto("/tasks")
    expect(page.get_by_role("button", name="Theme")).to_have_text("Theme: dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
