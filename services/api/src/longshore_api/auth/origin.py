"""Where a request comes from. Any web page can make its reader's browser post to 127.0.0.1."""

from typing import Final
from urllib.parse import urlsplit

from flask import Request

from longshore.settings import Settings
from longshore_api.auth.exposure import is_loopback
from longshore_api.errors import ForeignHost, ForeignOrigin

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


def refuse_foreign_host(request: Request, settings: Settings) -> None:
    """On loopback, answer to this machine's names only.

    A page whose own name was rebound to 127.0.0.1 reads answers as its own; the name it calls gives it away.
    """
    name = urlsplit(f"//{request.host}").hostname or ""
    if is_loopback(settings.host) and not (is_loopback(name) or name == settings.host):
        raise ForeignHost(host=request.host or "nobody", port=settings.port)


def refuse_foreign_page(request: Request) -> None:
    """Refuse what changes something and was sent by a page of another site.

    Browsers say so in `Origin`, or at least in `Sec-Fetch-Site`; programs send neither.
    """
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is None:
        foreign = request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    else:
        foreign = urlsplit(origin).netloc.lower() != request.host.lower()
    if foreign:
        raise ForeignOrigin(origin=origin or "another site", host=request.host)
