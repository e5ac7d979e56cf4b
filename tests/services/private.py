"""Fixtures: servers of a test's own, to be killed, frozen and started again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.embedded import valkey_server
from tests.services.evidence import Evidence
from tests.services.rabbitmq_server import RabbitServer, rabbitmq_server
from tests.services.redis_server import redis_server
from tests.services.runner import Server
from tests.services.sources import source


@pytest.fixture
def own_redis(tmp_path: Path, evidence: Evidence) -> Iterator[Server]:
    """A running Redis, append-only file fsynced at every write."""
    yield from _running(redis_server(source(), tmp_path, durable=True), evidence)


@pytest.fixture
def own_rabbitmq(tmp_path: Path, evidence: Evidence) -> Iterator[RabbitServer]:
    """A running RabbitMQ."""
    server = rabbitmq_server(source(), tmp_path)
    for started in _running(server, evidence):
        assert started is server
        yield server


@pytest.fixture
def embedded(tmp_path: Path, evidence: Evidence) -> Iterator[Server]:
    """A running Valkey from the wheel: `.url` is the ledger, `embedded_broker_url` the broker."""
    yield from _running(valkey_server(tmp_path), evidence)


@pytest.fixture
def embedded_broker_url(embedded: Server) -> str:
    """The embedded broker's URL."""
    return embedded.url.removesuffix("/0") + "/1"


@pytest.fixture(params=["rabbitmq", "embedded"])
def either_broker_url(request: pytest.FixtureRequest) -> str:
    """Each kind of broker in turn, empty: what holds for one holds for the other."""
    name = {"rabbitmq": "broker_url", "embedded": "embedded_broker_url"}[request.param]
    return str(request.getfixturevalue(name))


def _running(server: Server, evidence: Evidence) -> Iterator[Server]:
    evidence.add(server.name, server.log)
    try:
        server.start()
        yield server
    finally:
        server.remove()
