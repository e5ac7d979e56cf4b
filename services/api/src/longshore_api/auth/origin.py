"""Where a request comes from. Any web page can make its reader's browser post to 127.0.0.1."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from flask import Request

from longshore.settings import Settings
from longshore_api.auth.exposure import is_loopback
from longshore_api.errors import ForeignHost, ForeignOrigin, Forwarded

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

_BY_PROXIES: Final = ("Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP")
"""Headers that proxies add, besides all that begin with X-Forwarded-."""


def refuse_foreign_host(request: Request, settings: Settings) -> None:
    """On loopback, answer to this machine's names only.

    A page whose own name was rebound to 127.0.0.1 reads answers as its own; the name it calls gives it away.
    """
    name = _split(f"//{request.host}").hostname or ""
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
        foreign = _split(origin).netloc.lower() != request.host.lower()
    if foreign:
        raise ForeignOrigin(origin=origin or "another site", host=request.host)


def refuse_forwarded(request: Request) -> None:
    """Refuse what a proxy passes on: an API without keys is meant for this machine, and a proxy is not.

    A proxy that adds no header is told by its protocol where it can be: nginx speaks HTTP/1.0 to what stands
    behind it unless configured otherwise.
    """
    headers = [name for name in _BY_PROXIES if name in request.headers]
    headers += [name for name, _ in request.headers if name.lower().startswith("x-forwarded-")]
    sign = headers[0] if headers else request.environ.get("SERVER_PROTOCOL", "")
    if headers or sign == "HTTP/1.0":
        raise Forwarded(sign=sign)


def _split(address: str) -> SplitResult:
    """The parts of an address; of what is none, such as `http://[`, empty ones."""
    try:
        parts = urlsplit(address)
        parts.hostname  # noqa: B018 - some addresses only break here
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
