"""What the API answers on its metrics port. The same as on its own, but there it asks for keys."""

from typing import cast

from flask import Flask
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from longshore.metrics_port import Answer, Routes, health
from longshore_api.context import EXTENSION, Api


def routes(app: Flask) -> Routes:
    """Once the app is made: it serves, whatever is away behind it."""
    registry = cast("Api", app.extensions[EXTENSION]).meters.registry
    return {
        "/metrics": lambda _: Answer(generate_latest(registry), CONTENT_TYPE_LATEST),
        "/livez": health(lambda: None),
        "/readyz": health(lambda: None),
    }
