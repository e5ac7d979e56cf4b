"""What the page costs its reader: how soon it can be used, and the browser's main thread while it is live.

A browser that has seen nothing yet, on this machine. Meanwhile about a thousand events a second happen in the
ledger.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.filling import finish, submit
from loadtest.benchmarks.interleave import interleave
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.parts import api
from loadtest.benchmarks.servers import servers
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore_ledger import Ledger
from tests.browser.chromium import launch

QUEUE: Final = "add"
EACH: Final = 25
"""Tasks a tenth of a second: each is four events."""
UPDATES: Final = 100
LOADED: Final = """() => {
    const [visit] = performance.getEntriesByType('navigation');
    const scripts = performance.getEntriesByType('resource').filter(each => each.initiatorType === 'script');
    return {
        'interactive': visit.domContentLoadedEventEnd,
        'loaded': visit.loadEventEnd,
        'scripts': scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1024,
    };
}"""
COUNTING: Final = """() => {
    window.heard = [];
    document.body.addEventListener('longshore:snapshot', ({ detail }) => window.heard.push(detail));
}"""
ALL_NEW: Final = """([times, drawn]) => {
    const last = window.heard.at(-1);
    const taken = [];
    for (let n = 1; n <= times; n++) {
        const more = Object.entries(last.states).map(([name, count]) => [name, count + n]);
        const states = Object.fromEntries(more);
        const at = new Date(Date.now() + 15_000 * n).toISOString();
        const interval = { at, seconds: 15, submitted: n, succeeded: n, failed: 1, revoked: 0, retried: 0,
            waiting: 0, started: 0 };
        const began = performance.now();
        const detail = { ...last, states, interval: drawn ? interval : null };
        document.body.dispatchEvent(new CustomEvent('longshore:snapshot', { detail }));
        document.body.getBoundingClientRect();
        taken.push(performance.now() - began);
    }
    return taken.sort((a, b) => a - b)[Math.floor(times / 2)];
}"""
"""Milliseconds of a snapshot in which every number is another; drawn: the last hour's chart goes on, too."""


def measure(options: Options, directory: Path) -> Report:
    """Open the overview in a fresh browser, and watch it for a while."""
    seconds = options.size(20, 2)
    with servers(options, directory, broker=False, durable=False) as found, sync_playwright() as playwright:
        environment = describe(options, found)
        ledger = Ledger.open(found.redis_url)
        submit(ledger, options.size(20_000, 200), QUEUE, QUEUE)
        with api(directory, found.redis_url, auth="none") as (_, url), launch(playwright.chromium) as browser:
            environment["chromium"] = browser.version
            rounds = interleave(options.rounds, {"overview": partial(_watch, browser, ledger, url, seconds)})
        ledger.close()
        found.empty()
    found_by = partial(rounds.of, "overview")
    figures = [
        Figure("overview can be used after", "ms", found_by("interactive"), most=1000),
        Figure("overview is loaded after", "ms", found_by("loaded")),
        Figure("its scripts, compressed", "kB", found_by("scripts"), most=150),
        Figure("scripts, style and layout, each second", "ms", found_by("update"), most=5),
        Figure("all of its main thread, painting too", "ms", found_by("thread")),
        Figure("scripts and layout, every number new", "ms", found_by("new"), most=5),
        Figure("the same with the last hour, each 15 s", "ms", found_by("new hour"), most=5),
        Figure("snapshots a second", "/s", found_by("heard"), least=0.9),
    ]
    notes = [f"the browser's cache is empty at first; then it watches for {seconds} s"]
    return Report("browser", "What the page costs its reader", figures, environment, rounds, notes)


def _watch(browser: Browser, ledger: Ledger, url: str, seconds: float) -> Mapping[str, float]:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(url)
        loaded: dict[str, float] = page.evaluate(LOADED)
        page.evaluate(COUNTING)
        session = context.new_cdp_session(page)
        session.send(
            "Performance.enable", {"timeDomain": "threadTicks"}
        )  # not what others on this machine take
        _work(ledger, page, 2)  # what happens once, when the stream opens, is no update
        before, heard = _spent(session), _heard(page)
        _work(ledger, page, seconds)
        updates = _heard(page) - heard
        spent = {
            name: (value - before[name]) * 1000 / max(1, updates) for name, value in _spent(session).items()
        }
        return {
            **loaded,
            "update": spent["ScriptDuration"] + spent["RecalcStyleDuration"] + spent["LayoutDuration"],
            "thread": spent["TaskDuration"],
            "new": float(page.evaluate(ALL_NEW, [UPDATES, False])),
            "new hour": float(page.evaluate(ALL_NEW, [UPDATES, True])),
            "heard": updates / seconds,
        }


def _work(ledger: Ledger, page: Page, seconds: float) -> None:
    """Carry tasks through the ledger while the page is watched."""
    for _ in range(int(seconds * 10)):
        submit(ledger, EACH, QUEUE, QUEUE)
        finish(ledger, EACH, QUEUE)
        page.wait_for_timeout(100)


def _heard(page: Page) -> int:
    return int(page.evaluate("window.heard.length"))


def _spent(session: CDPSession) -> dict[str, float]:
    """What the page's main thread has worked so far, s, by kind of work; TaskDuration is all of it."""
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return {
        metric["name"]: float(metric["value"]) for metric in metrics if metric["name"].endswith("Duration")
    }


if __name__ == "__main__":
    main(measure, __doc__)
