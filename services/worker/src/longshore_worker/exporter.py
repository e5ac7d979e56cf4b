"""What the worker answers on its metrics port: its metrics and probes."""

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from longshore.metrics_port import Answer, Routes, health
from longshore_worker.celery_adapter.runtime import Runtime


def routes(runtime: Runtime) -> Routes:
    """Once the worker's parts are there."""
    registry = CollectorRegistry()
    registry.register(runtime.measures)

    def unready() -> str | None:
        return None if runtime.has_consumed else "waiting for the broker"

    return {
        "/metrics": lambda _: Answer(generate_latest(registry), CONTENT_TYPE_LATEST),
        "/livez": health(runtime.liveness.trouble),
        "/readyz": health(unready),
    }
