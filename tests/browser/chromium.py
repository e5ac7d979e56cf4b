"""Which browser the tests drive: a given one, an installed one, Playwright's own, or Debian's, installed."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.services import debian

GIVEN: Final = "LONGSHORE_TEST_CHROMIUM"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET: Final = (
    "--disable-background-networking",  # nothing looks for updates, or for anything else that is not tested
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def launch(kind: BrowserType) -> Browser:
    """Start a browser without a window. Its own sandbox does not work for root."""
    return kind.launch(executable_path=chromium(kind), chromium_sandbox=os.geteuid() != 0, args=QUIET)


def chromium(kind: BrowserType) -> str:
    """Return the browser's path. Skips the test where there is none; in CI that fails."""
    if not _find(kind):
        debian.install(lambda: _find(kind), "chromium")
    return _find(kind) or give_up()


def _find(kind: BrowserType) -> str | None:
    given = os.environ.get(GIVEN)
    if given:
        return given
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    return installed or (kind.executable_path if Path(kind.executable_path).exists() else None)


def give_up() -> str:
    """Skip on a laptop, fail in CI, and name the four ways out."""
    reason = (
        f"no Chromium to test with: install it; or set {GIVEN} to its path; or run `playwright install "
        "chromium`; or run as root on Debian, to have it installed"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
