"""What the worker answers on its metrics port: its metrics and probes."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from longshore.metrics_port import Answer, Routes, health

if TYPE_CHECKING:
    from longshore_worker.foreman import Foreman


def routes(foreman: "Foreman") -> Routes:
    """Once the worker's parts are there."""
    registry = CollectorRegistry()
    registry.register(foreman.measures)

    def unready() -> str | None:
        return None if foreman.has_consumed else "waiting for the broker"

    return {
        "/metrics": lambda _: Answer(generate_latest(registry), CONTENT_TYPE_LATEST),
        "/livez": health(foreman.pulse.trouble),
        "/readyz": health(unready),
    }
