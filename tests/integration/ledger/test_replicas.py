"""Replicas: what is told to be done is on as many as were asked for."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from longshore.errors import LedgerUnavailable, NotReplicated
from longshore.settings import Settings
from longshore_ledger import Ledger, connection
from longshore_ledger.connection import PREFIX
from longshore_ledger.keys import Role
from tests.integration.ledger.actors import Harness, Worker
from tests.integration.ledger.clock import LUA, Clock
from tests.integration.ledger.files import open_file
from tests.services.evidence import Evidence
from tests.services.redis_server import redis_server
from tests.services.runner import Server
from tests.services.sources import source
from tests.services.switch import Switch
from tests.services.waiting import Eventually


@pytest.fixture
def replica_server(tmp_path: Path, evidence: Evidence) -> Iterator[Server]:
    """A second Redis."""
    (tmp_path / "replica").mkdir()
    server = redis_server(source(), tmp_path / "replica", durable=False)
    evidence.add("replica", server.log)
    server.start()
    yield server
    server.thaw()
    server.remove()


@pytest.fixture
def replica(replica_server: Server) -> Iterator[redis.Redis]:
    """Its client. It is a replica of `own_redis` once it is told so."""
    with redis.Redis.from_url(replica_server.url) as client:
        yield client


@pytest.fixture
def harness(own_redis: Server, replica: redis.Redis, eventually: Eventually) -> Iterator[Harness]:
    """A ledger that waits for one replica, and has it."""
    ledger = Ledger.open(own_redis.url, Settings(ledger_replicas=1), replaced={"clock": LUA})
    follow(replica, own_redis, eventually)
    yield Harness(ledger, Clock(ledger.connection.redis))
    ledger.close()


def follow(replica: redis.Redis, primary: Server, eventually: Eventually) -> None:
    """Make it a replica, and wait until it is in step."""
    with redis.Redis.from_url(primary.url) as client:
        client.config_set("repl-diskless-sync-delay", 0)
        replica.replicaof("127.0.0.1", str(urlsplit(primary.url).port))
        eventually(lambda: replica.info("replication")["master_link_status"] == "up")
        client.set("probe", 1)
        eventually(lambda: client.wait(1, 100) == 1)


def test_a_submission_waits_for_its_replicas(
    own_redis: Server, replica: redis.Redis, eventually: Eventually
) -> None:
    # Given
    ledger = Ledger.open(own_redis.url, Settings(ledger_replicas=1))
    harness = Harness.__new__(Harness)
    harness.ledger = ledger

    # When there is none
    with pytest.raises(NotReplicated) as raised:
        harness.submit("a")

    # Then it is told, and asked again with the same id when there is one
    assert (raised.value.fields, raised.value.retry_after) == ({"reached": 0, "wanted": 1}, 2)
    follow(replica, own_redis, eventually)
    assert harness.submit("a") == [1]
    assert replica.hget(f"{PREFIX}:t:a", "st") == b"PENDING"
    worker = Worker(ledger, "worker01")
    worker.start(*ledger.outbox.claim("q", 10, 10))
    assert worker.succeed("a") is True
    assert replica.hget(f"{PREFIX}:t:a", "st") == b"SUCCESS"
    ledger.close()


def test_a_replica_takes_no_work(own_redis: Server, replica: redis.Redis, eventually: Eventually) -> None:
    # Given a failover: what was the ledger is a replica now
    url = f"redis://127.0.0.1:{replica.connection_pool.connection_kwargs['port']}/0"
    ledger = Ledger.open(url)
    follow(replica, own_redis, eventually)

    # When, then
    with pytest.raises(LedgerUnavailable):
        ledger.outbox.move_due()
    ledger.close()


def test_a_result_told_again_on_a_new_connection_is_not_said_to_be_replicated(
    harness: Harness, replica_server: Server
) -> None:
    # Given a result that the primary has and its replica has not
    harness.started("a")
    replica_server.freeze()
    with pytest.raises(NotReplicated):
        harness.worker.succeed("a")

    # When it is told again, and nothing is left to write
    harness.ledger.connection.redis.connection_pool.disconnect()
    with pytest.raises(NotReplicated):
        harness.worker.succeed("a")

    # Then it is acknowledged when it is there
    replica_server.thaw()
    assert harness.worker.succeed("a") is True


def test_whatever_a_user_is_told_is_done_is_on_the_replica(
    harness: Harness, replica_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given work in every place
    ledger = harness.ledger
    harness.failed("failed")
    harness.submit("waiting")
    harness.worker.beat(host="x")
    open_file(ledger, "open")
    open_file(ledger, "unwanted")
    ledger.keys.create("ann", Role.VIEWER)
    monkeypatch.setattr(connection, "_REPLICA_MS", 50)

    # When its replica is cut off
    replica_server.freeze()

    # Then nobody is told that anything is done
    for act in (
        lambda: ledger.control.retry(["failed"]),
        lambda: ledger.control.cancel(["waiting"]),
        lambda: ledger.control.pause("q"),
        lambda: ledger.control.resume("q"),
        lambda: ledger.control.drain(harness.worker.id),
        lambda: ledger.batches.close("open"),
        lambda: ledger.batches.cancel("unwanted"),
        lambda: ledger.keys.create("bob", Role.VIEWER),
        lambda: ledger.keys.revoke("ann"),
    ):
        with pytest.raises(NotReplicated):
            act()
    assert [key.name for key in ledger.keys.list()] == []  # no key is left behind that nobody has


def test_processes_follow_a_failover_behind_one_address(
    own_redis: Server, replica: redis.Redis, replica_server: Server, eventually: Eventually
) -> None:
    # Given a proxy that leads to the primary, and connections through it, idle ones and one that waits
    follow(replica, own_redis, eventually)
    with Switch(own_redis.url) as switch:
        ledger = Ledger.open(switch.url)
        reader = Ledger.open(switch.url)
        harness = Harness.__new__(Harness)
        harness.ledger = ledger
        worker = Worker(ledger, "worker01")
        harness.submit("a", "b")
        worker.start(*ledger.outbox.claim("q", 10, 10))
        pool = ledger.connection.redis.connection_pool
        for taken in [pool.get_connection() for _ in range(4)]:
            pool.release(taken)

        # When the replica becomes the primary, and what was the primary its replica
        replica.replicaof("NO", "ONE")
        with redis.Redis.from_url(own_redis.url) as former:
            former.replicaof("127.0.0.1", str(urlsplit(replica_server.url).port))
        switch.lead_to(replica_server.url)

        # Then the next word is heard there, though no connection broke
        assert worker.succeed("a") is True
        assert worker.succeed("b") is True
        assert harness.submit("c") == [0]
        assert replica.hget(f"{PREFIX}:t:c", "st") == b"PENDING"
        with pytest.raises(LedgerUnavailable):  # a plain command is not sent twice
            reader.connection.guard(lambda: reader.connection.redis.set("{longshore}:x", 1))
        reader.connection.guard(lambda: reader.connection.redis.set("{longshore}:x", 1))
        ledger.close()
        reader.close()
