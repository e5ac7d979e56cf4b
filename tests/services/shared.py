"""Fixtures: the Redis and the RabbitMQ that a test process shares, clean for every test."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import pytest
import redis

from tests.services.management import Management
from tests.services.rabbitmq_server import rabbitmq_server
from tests.services.redis_server import redis_server
from tests.services.sources import source

if TYPE_CHECKING:
    from longshore_ledger import Ledger

MARK = "longshore-tests"  # a database without this key and with others is somebody's, and is not flushed


@pytest.fixture(scope="session")
def services_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs and data of the servers started here."""
    return tmp_path_factory.mktemp("services")


@pytest.fixture(scope="session")
def redis_url(services_directory: Path, worker_number: int) -> Iterator[str]:
    """A database of this test process's own, which every test may flush."""
    given = os.environ.get("REDIS_URL")
    if given:
        base = urlsplit(given)
        database = int(base.path.strip("/") or 0) + worker_number
        url = base._replace(path=f"/{database}").geturl()
        with redis.Redis.from_url(url) as client:
            assert client.dbsize() == 0 or client.exists(MARK), (
                f"REDIS_URL: {url} holds data that is not ours"
            )
        yield url
        return
    server = redis_server(source(), services_directory, durable=False)
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


@dataclass(frozen=True)
class Rabbit:
    """The shared broker; a given one whose HTTP port is closed has one virtual host for all tests."""

    url: str
    management: Management | None


@pytest.fixture(scope="session")
def rabbitmq(services_directory: Path) -> Iterator[Rabbit]:
    """The RabbitMQ that this test process shares."""
    given = os.environ.get("RABBITMQ_URL")
    if given:
        yield Rabbit(given, _management_of(given))
        return
    server = rabbitmq_server(source(), services_directory)
    try:
        server.start()
        yield Rabbit(server.url, server.management)
    finally:
        server.remove()


@pytest.fixture(scope="session")
def rabbitmq_url(rabbitmq: Rabbit) -> str:
    """The shared broker's URL, its default virtual host; most tests want `broker_url`."""
    return rabbitmq.url


@contextmanager
def new_vhost(rabbitmq: Rabbit) -> Iterator[str]:
    """A virtual host with nothing in it, its name; deleted afterwards."""
    if rabbitmq.management is None:
        yield urlsplit(rabbitmq.url).path.removeprefix("/") or "/"
        return
    name = f"test-{uuid4().hex[:12]}"
    rabbitmq.management.make_vhost(name)
    yield name
    rabbitmq.management.drop_vhost(name)


def url_of(rabbitmq: Rabbit, vhost: str) -> str:
    """The URL of one virtual host."""
    return urlsplit(rabbitmq.url)._replace(path="/" + quote(vhost, safe="")).geturl()


def flushed(redis_url: str) -> str:
    """The same URL, of a database with nothing in it now."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        client.set(MARK, 1)
    return redis_url


@pytest.fixture
def vhost(rabbitmq: Rabbit) -> Iterator[str]:
    """A virtual host of this test's own, its name."""
    with new_vhost(rabbitmq) as name:
        yield name


@pytest.fixture
def broker_url(rabbitmq: Rabbit, vhost: str) -> str:
    """A RabbitMQ that is empty, for this test alone."""
    return url_of(rabbitmq, vhost)


@pytest.fixture
def ledger_url(redis_url: str) -> str:
    """A ledger's URL with nothing in it."""
    return flushed(redis_url)


@pytest.fixture
def ledger(ledger_url: str) -> "Iterator[Ledger]":
    """An empty ledger."""
    from longshore_ledger import Ledger  # not before coverage is measured

    opened = Ledger.open(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def queue(request: pytest.FixtureRequest) -> str:
    """A queue name that no other test uses."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.removeprefix("test_"))[:60]
    return f"{words}-{uuid4().hex[:8]}"


def _management_of(url: str) -> Management | None:
    parts = urlsplit(url)
    address = os.environ.get("RABBITMQ_MANAGEMENT_URL", f"http://{parts.hostname}:15672")
    management = Management(address, parts.username or "guest", parts.password or "guest")
    try:
        management.version()
    except httpx.HTTPError:
        return None
    return management
