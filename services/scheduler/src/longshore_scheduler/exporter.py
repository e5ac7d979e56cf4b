"""The exporter: /metrics on a port of its own."""

from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import start_http_server

from longshore.ledger import Ledger
from longshore_scheduler.collector import LedgerCollector


def new_registry(ledger: Ledger) -> CollectorRegistry:
    """A registry with the ledger's figures and this process's; loops add theirs."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(LedgerCollector(ledger))
    return registry


class Exporter:
    """Serves a registry over HTTP until closed."""

    def __init__(self, registry: CollectorRegistry, host: str, port: int) -> None:
        self._server: Any
        self._server, self._thread = start_http_server(port, addr=host, registry=registry)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_port)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
