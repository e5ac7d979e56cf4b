"""A server that runs and refuses is waited for like one that does not answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from longshore.errors import LedgerUnavailable
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX, Call
from tests.integration.ledger.actors import Harness
from tests.integration.ledger.clock import LUA, Clock
from tests.services import refusing
from tests.services.runner import Server
from tests.services.waiting import Eventually


@pytest.fixture
def server(own_redis: Server) -> Iterator[redis.Redis]:
    """The ledger's server, as an operator sees it."""
    with redis.Redis.from_url(own_redis.url) as client:
        yield client


@pytest.fixture
def harness(own_redis: Server, server: redis.Redis) -> Iterator[Harness]:
    """A ledger on that server."""
    ledger = Ledger.open(own_redis.url, replaced={"clock": LUA}, timeout=1.0)
    yield Harness(ledger, Clock(server))
    ledger.close()


@pytest.mark.parametrize("reason", ["BUSY", "NOPERM", "READONLY", "NOREPLICAS", "MISCONF"])
def test_a_server_that_refuses_is_waited_for(
    harness: Harness, server: redis.Redis, tmp_path: Path, reason: str, eventually: Eventually
) -> None:
    # Given work under way
    harness.started("a")
    harness.submit("b")
    (copy,) = harness.relay.publish()
    hindrance = {
        "BUSY": refusing.busy,
        "NOPERM": refusing.forbidding,
        "READONLY": refusing.read_only,
        "NOREPLICAS": refusing.without_replicas,
        "MISCONF": refusing.unable_to_save(next(tmp_path.glob("redis-*[0-9]"))),
    }[reason]

    # When
    with hindrance(server):
        for refused in (
            lambda: harness.worker.succeed("a"),
            lambda: harness.submit("c"),
            lambda: harness.worker.start(copy),
        ):
            with pytest.raises(LedgerUnavailable) as raised:
                refused()
            assert raised.value.retry_after == 2

    # Then the same goes on where it stopped
    assert eventually(lambda: harness.worker.succeed("a")) is True
    harness.worker.start(copy)
    assert harness.worker.succeed("b") is True
    assert (harness.state("a"), harness.state("b")) == ("SUCCESS", "SUCCESS")


def test_a_plain_command_that_is_forbidden_is_waited_for(harness: Harness, server: redis.Redis) -> None:
    # When
    refusing.allow(server, "-hget", "-hlen")

    # Then
    with pytest.raises(LedgerUnavailable, match="no permissions"):
        harness.ledger.keys.any()


def test_a_command_that_is_forbidden_inside_a_script_is_waited_for(
    harness: Harness, server: redis.Redis
) -> None:
    # Given
    harness.started("a")

    # When: Redis reports it as the script's own failure, with its name and line
    refusing.allow(server, "-hset")

    # Then
    with pytest.raises(LedgerUnavailable, match=r"can't run this command|ACL failure|no permissions"):
        harness.worker.succeed("a")
    refusing.allow(server, "+hset")
    assert harness.worker.succeed("a") is True


def test_a_script_that_an_operator_killed_is_waited_for(harness: Harness, server: redis.Redis) -> None:
    # Given a server that lets a script be killed well before its client loses patience
    server.config_set("busy-reply-threshold", 100)
    ledger = Ledger.open(harness.ledger.connection.url, replaced={"now": "#!lua\nwhile true do end"})

    # When
    with pytest.raises(LedgerUnavailable, match="killed"), _killing_scripts(server):
        ledger.connection.run("now")

    # Then
    ledger.close()


@pytest.mark.parametrize(
    "calls",
    [
        [("finish", ["e", "1", "b", "t", "SUCCESS", "1", 1, 0])],
        [("finish", ["e", "1", "b", "t", "SUCCESS", "1", 1, 0]), ("start", ["worker01", 1, 1, 5, "e"])],
    ],
)
def test_a_record_that_breaks_a_script_is_told_from_a_server_that_refuses(
    harness: Harness, server: redis.Redis, calls: list[Call]
) -> None:
    # Given
    server.set(f"{PREFIX}:t:b", "no record")

    # When, then
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        harness.ledger.connection.run_all(calls)


@contextmanager
def _killing_scripts(server: redis.Redis) -> Iterator[None]:
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.02):
            try:
                server.script_kill()
            except redis.ResponseError:
                continue

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()
