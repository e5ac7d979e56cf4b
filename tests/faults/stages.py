"""What a system under test stands on: a ledger of its own, and a broker, which may be killed as well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import pytest
import redis

from tests.services.container import docker_answers
from tests.services.embedded import valkey_server
from tests.services.management import Management
from tests.services.rabbitmq_server import rabbitmq_server
from tests.services.redis_server import redis_server
from tests.services.runner import Server
from tests.services.sources import Source, binary, source

S = TypeVar("S", bound=Server)

CLASSIC: Final = "classic"
QUORUM: Final = "quorum"
EMBEDDED: Final = "embedded"
EMBEDDED_DURABLE: Final = "embedded-durable"
"""The embedded server as `longshore up` runs it, and with every write on disk before it is answered."""
GENERATIONS: Final = (CLASSIC, QUORUM)
"""Both generations of RabbitMQ: 3.10 from Debian, 4.3 from Docker."""

EITHER: Final = pytest.mark.parametrize(
    "stage", [None, EMBEDDED], indirect=True, ids=["rabbitmq", "embedded"]
)
"""Marks a test that runs on the shared RabbitMQ with a Redis, and on the embedded server that is both."""


@dataclass
class Stage:
    """A ledger and a broker, with the names they have in the report."""

    name: str
    ledger: Server
    broker: Server | None
    """None: a broker that other tests use too, in a virtual host of our own."""
    broker_url: str
    wipe: Callable[[], object]
    """Delete every queue of the broker, with what is in them."""

    @property
    def servers(self) -> list[Server]:
        """Those that may be killed; the embedded one is both."""
        return [self.ledger, *([self.broker] if self.broker and self.broker is not self.ledger else [])]


@contextmanager
def shared_stage(directory: Path, url: str, management: Management, vhost: str) -> Iterator[Stage]:
    """Stand on the RabbitMQ that the test process shares, and on a Redis of its own."""
    with started(redis_server(source(), directory, durable=True)) as ledger:
        name = _name(management.version())
        yield Stage(name, ledger, None, url, lambda: management.drop_queues(vhost))


@contextmanager
def rabbit_stage(directory: Path, kind: str) -> Iterator[Stage]:
    """Stand on a RabbitMQ and a Redis of its own; skips the test where that generation is not to be had."""
    where = {CLASSIC: Source.BINARIES, QUORUM: Source.DOCKER}[kind]
    there = docker_answers() if where is Source.DOCKER else bool(binary("rabbitmq-server") and binary("epmd"))
    if not there:
        pytest.skip(f"no RabbitMQ from {where}: the other generation is tested")
    with (
        started(redis_server(source(), directory, durable=True)) as ledger,
        started(rabbitmq_server(where, directory)) as broker,
    ):
        name = _name(broker.management.version())
        yield Stage(name, ledger, broker, broker.url, broker.management.drop_queues)


@contextmanager
def embedded_stage(directory: Path, kind: str) -> Iterator[Stage]:
    """Stand on one Valkey that is both."""
    fsync = {EMBEDDED: "everysec", EMBEDDED_DURABLE: "always"}[kind]
    with started(valkey_server(directory, fsync)) as server:
        broker_url = server.url.removesuffix("/0") + "/1"

        def wipe() -> None:
            with redis.Redis.from_url(broker_url) as client:
                client.flushdb()

        yield Stage("embedded Valkey", server, server, broker_url, wipe)


@contextmanager
def started(server: S) -> Iterator[S]:
    """Start a server, and remove it at the end."""
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _name(version: str) -> str:
    major, minor, *_ = version.split(".")
    return f"RabbitMQ {major}.{minor}, {QUORUM if int(major) >= 4 else CLASSIC}"
