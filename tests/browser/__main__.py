"""`python -m tests.browser`: find or install the browser before the first test's clock runs."""

import sys

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import chromium


def main() -> int:
    """Say what will be driven; 1 in CI when there is nothing."""
    try:
        with sync_playwright() as playwright:
            print(f"the page is shown by {chromium(playwright.chromium)}")
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        print(reason, file=sys.stderr)
        return int(isinstance(reason, pytest.fail.Exception))
    return 0


if __name__ == "__main__":
    sys.exit(main())
