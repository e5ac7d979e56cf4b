"""What the scheduler answers on its metrics port: its metrics, probes, and the demand for workers."""

import json
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from longshore.metrics_port import WAITING, Answer, Query, Routes, health
from longshore_ledger import Ledger
from longshore_scheduler.collector import UP, LedgerCollector


def new_registry(ledger: Ledger | None) -> CollectorRegistry:
    """A registry with the ledger's figures and this process's; loops add theirs. None: no ledger yet."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    if ledger is None:
        Gauge(*UP, registry=registry)
    else:
        registry.register(LedgerCollector(ledger))
    return registry


def waiting_routes() -> Routes:
    """While the ledger has not been there yet."""
    return {**WAITING, "/metrics": _metrics(new_registry(None))}


def routes(registry: CollectorRegistry, ledger: Ledger, trouble: Callable[[], str | None]) -> Routes:
    """Once the loops run; `trouble` says which of them hangs."""

    def demand(query: Query) -> Answer:
        found = ledger.demand.by_queue()
        queues = set(query.get("queue", found))
        total = sum(found.get(queue, 0) for queue in queues)
        return Answer(json.dumps({"demand": total}).encode(), "application/json")

    return {
        "/metrics": _metrics(registry),
        "/livez": health(trouble),
        "/readyz": health(lambda: None),
        "/demand": demand,
    }


def _metrics(registry: CollectorRegistry) -> Callable[[Query], Answer]:
    return lambda _: Answer(generate_latest(registry), CONTENT_TYPE_LATEST)
