"""The one RabbitMQ and the one Redis that both sides are measured on."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import amqp
import redis

from loadtest.benchmarks.options import Options
from loadtest.benchmarks.processor import tree_seconds
from longshore_broker import kind_for
from tests.services.container import Container, docker
from tests.services.epmd import Epmd
from tests.services.rabbitmq_server import rabbitmq_server
from tests.services.redis_server import redis_server
from tests.services.runner import Server
from tests.services.sources import Source, binary

DATABASES: Final = 2
"""Databases of the Redis in use: 0 is the ledger's, 1 holds Celery's results (or a second ledger)."""


@dataclass(frozen=True)
class Servers:
    """Where they are. The broker is there only for benchmarks that asked for it."""

    redis_url: str
    rabbitmq_url: str
    queue_type: str
    rabbitmq_pid: int | None
    """First process of a private RabbitMQ."""

    def database(self, number: int) -> str:
        """The URL of one of our databases."""
        base = urlsplit(self.redis_url)
        first = int(base.path.strip("/") or 0)
        return base._replace(path=f"/{first + number}").geturl()

    def redis(self, number: int = 0) -> Any:
        """A client of one of our databases."""
        return redis.Redis.from_url(self.database(number))

    def redis_seconds(self) -> float:
        """Processor time that Redis has used, s."""
        with self.redis() as client:
            used = client.info("cpu")
        return float(used["used_cpu_user"] + used["used_cpu_sys"])

    def rabbitmq_seconds(self) -> float | None:
        """Processor time that RabbitMQ has used, s; None for one that is not ours."""
        return None if self.rabbitmq_pid is None else tree_seconds(self.rabbitmq_pid)

    def empty(self) -> None:
        """Forget all data in Redis."""
        for number in range(DATABASES):
            with self.redis(number) as client:
                client.flushdb()

    def purge(self, name: str) -> None:
        """Empty a queue; who has declared it need not do so again."""
        with connect(self.rabbitmq_url) as connection:
            connection.channel().queue_purge(name)

    def drop_queues(self, *names: str) -> None:
        """Delete queues with what is in them."""
        with connect(self.rabbitmq_url) as connection:
            for name in names:
                connection.channel().queue_delete(name)


@contextmanager
def servers(
    options: Options, directory: Path, *, broker: bool = True, durable: bool = True
) -> Iterator[Servers]:
    """Start private servers, or take the given ones; end what was started, leave nothing in what was given.

    durable=False is a Redis without an append-only file, for benchmarks that only read.
    """
    source = Source.DOCKER if options.docker else Source.BINARIES
    with ExitStack() as ending:

        def run(server: Server) -> Server:
            ending.callback(server.remove)
            server.start()
            return server

        redis_url = options.redis_url
        if redis_url is None:
            _insist_on("redis-server", source)
            redis_url = run(redis_server(source, directory, durable=durable)).url
            if durable:
                with redis.Redis.from_url(redis_url) as client:
                    client.config_set("appendfsync", options.fsync)
        rabbitmq_url, pid = options.rabbitmq_url or "", None
        if broker and not rabbitmq_url:
            _insist_on("rabbitmq-server", source)
            rabbitmq = run(rabbitmq_server(source, directory))
            rabbitmq_url, pid = rabbitmq.url, _first_process(rabbitmq)
        found = Servers(redis_url, rabbitmq_url, "", pid)
        if broker:
            with connect(rabbitmq_url) as connection:
                kind = kind_for(connection.server_properties, options.queue_type)
            found = replace(found, queue_type=kind.value)
        if options.redis_url is not None:
            _insist_on_empty(found)
            ending.callback(found.empty)
        yield found


def connect(url: str) -> Any:
    """A connection to RabbitMQ, to be used in a `with`."""
    parts = urlsplit(url)
    connection = amqp.Connection(
        f"{parts.hostname}:{parts.port or 5672}",
        userid=parts.username or "guest",
        password=parts.password or "guest",
        virtual_host=parts.path.removeprefix("/").replace("%2F", "/") or "/",
    )
    connection.connect()
    return connection


def _first_process(server: Server) -> int | None:
    runner = server.runner
    if isinstance(runner, Container):
        return int(json.loads(docker("inspect", "--format", "{{json .State.Pid}}", runner.name)))
    return runner.rabbitmq.pid if isinstance(runner, Epmd) else None


def _insist_on(program: str, source: Source) -> None:
    if source is Source.BINARIES and binary(program) is None:
        raise SystemExit(
            f"{program} is not installed: install it, use --docker, or set RABBITMQ_URL and REDIS_URL"
        )


def _insist_on_empty(found: Servers) -> None:
    for number in range(DATABASES):
        with found.redis(number) as client:
            if client.dbsize():
                raise SystemExit(
                    f"{found.database(number)} holds data; REDIS_URL must name two empty databases"
                )
