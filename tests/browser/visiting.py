"""The types of this folder's fixtures."""

from collections.abc import Callable
from typing import TypeAlias

from playwright.sync_api import Page

from tests.browser.watch import Watch

Visit: TypeAlias = Callable[..., Page]
"""`visit("/tasks", **options)`: that page in a context of its own."""
WatchOf: TypeAlias = Callable[[Page], Watch]
"""`watch_of(page)`: what listens to it."""
