"""Bounds that hold before anybody has shown a key."""

from typing import Final

from flask import Flask, request

from longshore_api.auth.guard import PROBES
from longshore_api.auth.origin import SAFE
from longshore_api.connections.connection import of_request
from longshore_api.connections.places import PLACES
from longshore_api.errors import Busy

BODY_SECONDS: Final = 20.0
"""Seconds for the whole of a body that is no upload and no bulk submission."""


def install(app: Flask) -> None:
    """Bound every request of `app`."""

    def bound() -> None:
        connection = of_request()
        if connection is None:
            return
        if connection.for_probes_only and request.path not in {*PROBES, "/metrics"}:
            raise Busy(places=PLACES)
        if request.method not in SAFE:
            connection.hurry(BODY_SECONDS)

    app.before_request(bound)
