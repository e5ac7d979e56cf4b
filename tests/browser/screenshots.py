"""`python -m tests.browser.screenshots`: pictures of every page, into docs/pictures/page.

Light and dark as a laptop shows them, and as a phone does.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.demo import ADMIN, working
from tests.browser.system import ROOT, System
from tests.services.embedded import valkey_server
from tests.services.evidence import Evidence
from tests.services.processes import Processes

FOLDER: Final = ROOT / "docs" / "pictures" / "page"
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {**DESK, "color_scheme": "light"},
    "dark": {**DESK, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
PORT: Final = 5050
"""Pages that tell how to submit the same again show it."""
LINKS: Final = {"flower_url": "http://127.0.0.1:5555", "grafana_url": "http://127.0.0.1:3000"}


def main() -> None:
    """Start a system like that of `longshore up`, set it to work, and take the pictures."""
    with ExitStack() as ending:
        directory = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        server = valkey_server(directory, fsync="everysec")
        ending.callback(server.remove)
        server.start()
        processes = Processes(directory, Evidence())
        ending.callback(processes.end)
        servers: dict[str, Any] = {"ledger": server.url, "broker": server.url.removesuffix("/0") + "/1"}
        system = System(processes, directory, **servers, **LINKS, port=PORT)
        guarded = System(processes, directory, **servers, host="0.0.0.0", admin_key=ADMIN)
        for each in (system, guarded):
            ending.callback(each.close)
        for concurrency in (4, 4, 2):
            system.add_worker(concurrency)
        system.wait_until_up()
        playwright = ending.enter_context(sync_playwright())
        browser = ending.enter_context(launch(playwright.chromium))
        demo = ending.enter_context(working(system, server.url, directory))
        places = {
            "overview": f"{system.url}/",
            "submit": f"{system.url}/submit?task=order",
            "upload": f"{system.url}/upload",
            "tasks": f"{system.url}/tasks",
            "task": f"{system.url}/tasks/{demo.task}",
            "batches": f"{system.url}/batches",
            "batch": f"{system.url}/batches/{demo.batch}",
            "queues": f"{system.url}/queues",
            "workers": f"{system.url}/workers",
            "sign-in": f"{guarded.url}/sign-in",
        }
        for look, how in LOOKS.items():
            _take(browser, places, look, how)
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(LOOKS) * len(places)} pictures in {FOLDER.relative_to(ROOT)}, {size // 1000} kB")


def _take(browser: Browser, places: dict[str, str], look: str, how: dict[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    still: dict[str, Any] = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce"}
    with browser.new_context(**still, **how) as context:
        for name, url in places.items():
            page = context.new_page()
            page.goto(url)
            _settle(page)
            page.screenshot(path=FOLDER / f"{name}-{look}.png", animations="disabled", caret="hide")
            page.close()


def _settle(page: Page) -> None:
    """Wait until what comes after the first answer is there: charts, failed lines, a snapshot."""
    page.wait_for_load_state("load")
    if page.locator("body[data-events]").count():
        expect(page.locator("#link-state")).to_have_text("Live", timeout=30_000)
        page.wait_for_timeout(1500)


if __name__ == "__main__":
    main()
