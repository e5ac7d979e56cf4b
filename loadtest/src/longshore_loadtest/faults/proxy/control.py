"""Tells a proxy what to do, from where the fault is."""

import http.client
from typing import Final
from urllib.parse import urlsplit

import msgspec

from longshore_loadtest.faults.proxy.toxics import Toxics
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Target

__all__ = ["Toxics", "asked", "lacks_proxy", "tell"]

_LONGEST: Final = 5.0


def lacks_proxy(target: Target, place: str) -> str | None:
    """Why nothing on this way can be told anything; None if it can."""
    try:
        asked(target, place)
    except Impossible as reason:
        return str(reason)
    return None


def tell(target: Target, place: str, toxics: Toxics) -> None:
    """Set what is wrong with a way. Raises Impossible."""
    _ask(_url(target, place), "PUT", msgspec.json.encode(toxics))


def asked(target: Target, place: str) -> Toxics:
    """What is wrong with a way now. Raises Impossible."""
    return msgspec.json.decode(_ask(_url(target, place), "GET"), type=Toxics)


def _url(target: Target, place: str) -> str:
    url = target.proxy(place)
    if url is None:
        raise Impossible(f"there is no proxy on the way {place}")
    return url


def _ask(url: str, method: str, body: bytes = b"") -> bytes:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_LONGEST)
    try:
        connection.request(method, "/toxics", body)
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Impossible(f"the proxy at {url} does not answer: {error}") from error
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise Impossible(f"the proxy at {url}: {answer.status} {said.decode(errors='replace')}")
    return said
