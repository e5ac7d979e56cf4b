"""A Redis that runs and refuses: each of these lets it go on when it is left."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import redis

from tests.services.waiting import eventually

Refusing = Callable[[redis.Redis], AbstractContextManager[None]]


@contextmanager
def busy(server: redis.Redis) -> Iterator[None]:
    """Another client's script that never ends: BUSY."""
    server.config_set("busy-reply-threshold", 20)
    other = redis.Redis.from_pool(redis.ConnectionPool(**server.connection_pool.connection_kwargs))
    script = threading.Thread(target=_run_for_ever, args=(other,))
    script.start()
    eventually(lambda: _refuses(server, "BUSY"))
    yield
    server.script_kill()
    script.join()
    other.close()


@contextmanager
def forbidding(server: redis.Redis) -> Iterator[None]:
    """Nobody may run scripts: NOPERM."""
    allow(server, "-evalsha")
    yield
    allow(server, "+evalsha")


@contextmanager
def read_only(server: redis.Redis) -> Iterator[None]:
    """A replica, of a primary that is not there: READONLY."""
    server.replicaof("127.0.0.1", "1")
    yield
    server.replicaof("NO", "ONE")


@contextmanager
def without_replicas(server: redis.Redis) -> Iterator[None]:
    """It takes writes only with a replica, and has none: NOREPLICAS."""
    server.config_set("min-replicas-to-write", 1)
    yield
    server.config_set("min-replicas-to-write", 0)


def unable_to_save(directory: Path) -> Refusing:
    """Its last snapshot failed: MISCONF. `directory` is where it keeps its data."""

    @contextmanager
    def refusing(server: redis.Redis) -> Iterator[None]:
        taken = directory / "dump.rdb" / "taken"
        taken.mkdir(parents=True)
        server.config_set("save", "3600 1")
        server.bgsave()
        eventually(lambda: server.info("persistence")["rdb_last_bgsave_status"] == "err")
        yield
        taken.rmdir()
        taken.parent.rmdir()
        server.config_set("save", "")

    return refusing


def allow(server: redis.Redis, *rules: str) -> None:
    """Change what the default user, and so everybody here, may do: "-hget", "+hget"."""
    server.acl_setuser("default", enabled=True, commands=list(rules))


def _run_for_ever(server: redis.Redis) -> None:
    with suppress(redis.RedisError):
        server.eval("while true do end", 0)


def _refuses(server: redis.Redis, code: str) -> bool:
    try:
        server.ping()
    except redis.ResponseError as error:
        return str(error).startswith(code)
    return False
