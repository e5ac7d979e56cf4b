"""Locust's page, made one to look at.

It has no login. Its form takes any host, to which the load would be sent, key and all, and any option of the
run; and every page in the same browser can post to it. A run is begun and ended by its command line alone.
"""

from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

_DEEDS: Final = frozenset({"/stop", "/swarm", "/stats/reset"})
"""Paths that do something though they are asked for with GET."""


def look_only(app: Flask) -> None:
    """Refuse what changes anything, and whoever comes by a name that is not this machine's own."""
    app.before_request(_refuse)


def _refuse() -> Response | None:
    if request.method not in ("GET", "HEAD") or request.path.rstrip("/") in _DEEDS:
        return _no("This page is to look at: the run is ended by Ctrl-C where it was begun.")
    if not _is_loopback(request.host):
        return _no("Open it by the address 127.0.0.1.")
    return None


def _no(reason: str) -> Response:
    return Response(f"{reason}\n", HTTPStatus.FORBIDDEN, mimetype="text/plain")


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
