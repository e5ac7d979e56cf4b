"""What a browser complains about and asks for while a test drives it."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

LOCAL: Final = frozenset({"data", "blob", "about"})
"""Schemes that ask nobody."""


class Watch:
    """Listens to one context. `complaints` must be empty at the end, but for what the test allowed."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.context = context
        self._home = home
        self.console: list[str] = []
        self._wrong: list[str] = []
        self._origins: set[str] = set()
        self._allowed: list[str] = []
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        # What the policy refuses is told on the console as well; this names the line of the page, too.
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => console.error('refused by the policy:', "
            "event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber))"
        )

    def allow(self, pattern: str) -> None:
        """Let messages on the console be that this matches: what the test breaks, the browser may name."""
        self._allowed.append(pattern)

    def complaints(self) -> list[str]:
        """What went wrong that the test did not allow."""
        wrong = [each for each in self._wrong if not any(re.search(one, each) for one in self._allowed)]
        return [*wrong, *(f"asked {origin}" for origin in sorted(self.foreign()))]

    def foreign(self) -> set[str]:
        """Hosts that were asked something, beside our own."""
        return self._origins - {self._home}

    def keep(self, folder: Path, name: str) -> None:
        """Write a picture of each page, and all that was said on the console."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text("\n".join([*self.console, ""]))
        for number, page in enumerate(self.context.pages):
            page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)

    def _heard(self, message: ConsoleMessage) -> None:
        said = f"{message.type}: {message.text} ({message.location.get('url', '')})"
        self.console.append(said)
        if message.type in ("error", "warning"):
            self._wrong.append(said)

    def _failed(self, error: WebError) -> None:
        said = f"uncaught: {error.error}"
        self.console.append(said)
        self._wrong.append(said)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in LOCAL:
            self._origins.add(parts.netloc)
