"""A Redis of the tests' own."""

import os
from pathlib import Path

import redis

from tests.services.container import Container
from tests.services.ports import free_port
from tests.services.program import Program
from tests.services.runner import Runner, Server
from tests.services.sources import Source, binary

IMAGE = "redis:8"


def redis_server(source: Source, directory: Path, *, durable: bool) -> Server:
    """Return a Redis that is not started yet; a durable one has every write on disk before it answers."""
    port = free_port()
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "save": "",
        "hash-max-listpack-value": "1024",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "always",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    runner: Runner
    if source is Source.DOCKER:
        runner = Container(IMAGE, ["redis-server", *words], ports=[port])
    else:
        data = directory / f"redis-{port}"
        data.mkdir()
        program = binary("redis-server")
        assert program
        runner = Program(
            [program, *words, "--dir", str(data)], directory / f"redis-{port}.log", os.environ, data
        )
    url = f"redis://127.0.0.1:{port}/0"
    return Server("redis", url, runner, lambda: answers(url))


def answers(url: str) -> bool:
    """True when a Redis or Valkey answers there and has read its data; raises OSError until then."""
    try:
        with redis.Redis.from_url(url, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError as error:
        raise ConnectionError(error) from error
