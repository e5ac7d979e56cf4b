"""The server behind the ledger: its version, its schema, its restarts, its replicas."""

import pytest
import redis

from longshore.errors import LedgerTooOld, LedgerUnavailable, SchemaTooNew
from longshore_ledger import Ledger, connection
from longshore_ledger.connection import PREFIX, SCHEMA
from longshore_ledger.scripts import assemble, script_names
from tests.integration.ledger.actors import Harness, Worker
from tests.services.runner import Server
from tests.services.waiting import Eventually


@pytest.fixture
def ledger(plain_ledger: Ledger) -> Ledger:
    """One connection, which these tests disturb."""
    return plain_ledger


def test_a_new_ledger_is_given_its_schema(ledger: Ledger, ledger_url: str) -> None:
    # When
    again = Ledger.open(ledger_url)

    # Then
    assert ledger.connection.redis.get(f"{PREFIX}:schema") == str(SCHEMA).encode()
    again.close()


def test_a_ledger_of_a_newer_longshore_is_refused_by_name(ledger: Ledger, ledger_url: str) -> None:
    # Given
    ledger.connection.redis.set(f"{PREFIX}:schema", SCHEMA + 1)

    # When
    with pytest.raises(SchemaTooNew, match=r"version 2, this program knows version 1"):
        Ledger.open(ledger_url)

    # Then it is left as it is
    assert ledger.connection.redis.get(f"{PREFIX}:schema") == str(SCHEMA + 1).encode()


@pytest.mark.parametrize(
    "server", [{"redis_version": "6.2.7"}, {"redis_version": "7.2.4", "valkey_version": "6.0.0"}]
)
def test_an_old_server_is_refused_by_name(
    ledger_url: str, server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(redis.Redis, "info", lambda *_: server)

    # When, then
    with pytest.raises(LedgerTooOld, match=r"Redis 6\.|needs Redis 7"):
        Ledger.open(ledger_url)


def test_a_ledger_that_is_not_there_is_unavailable() -> None:
    # When
    with pytest.raises(LedgerUnavailable) as raised:
        Ledger.open("redis://:secret@127.0.0.1:1/0", timeout=0.5)

    # Then
    assert "127.0.0.1:1" in raised.value.detail
    assert "secret" not in raised.value.detail
    assert raised.value.retry_after == 2


@pytest.mark.parametrize("url", ["redis://:secret@127.0.0.1:1/0", "redis://127.0.0.1:1/0?password=secret"])
def test_no_error_shows_the_ledgers_password(url: str) -> None:
    # When
    with pytest.raises(LedgerUnavailable) as raised:
        Ledger.open(url, timeout=0.5)

    # Then
    assert "secret" not in raised.value.detail
    assert "secret" not in str(raised.value.fields)


def test_too_much_at_once_is_told_from_a_ledger_that_is_away(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(connection, "_CONNECTIONS", 1)
    ledger = Ledger.open(ledger_url, timeout=0.1)
    taken = ledger.connection.redis.connection_pool.get_connection()

    # When
    with pytest.raises(LedgerUnavailable, match="all 1 connections of the process are in use"):
        ledger.events.last_id()

    # Then it is as before, once there is one again
    ledger.connection.redis.connection_pool.release(taken)
    assert ledger.events.last_id() == "0"
    ledger.close()


def test_a_ledger_that_does_not_answer_is_unavailable(own_redis: Server) -> None:
    # Given
    ledger = Ledger.open(own_redis.url, timeout=0.3)
    own_redis.freeze()

    # When
    with pytest.raises(LedgerUnavailable):
        ledger.views.counts()

    # Then
    own_redis.thaw()
    assert ledger.views.counts() == {}
    ledger.close()


def test_scripts_are_loaded_again_when_the_server_forgot_them(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("a")
    ledger.connection.redis.script_flush()

    # When one script, and several at once
    worker.succeed("a")
    ledger.connection.redis.script_flush()
    harness.submit("b")
    (copy,) = harness.relay.publish()
    ledger.connection.redis.script_flush()
    worker.start(copy)

    # Then
    assert (harness.state("a"), harness.state("b")) == ("SUCCESS", "STARTED")


def test_a_script_that_stays_unknown_is_an_error(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a server that forgets at once
    monkeypatch.setattr(ledger.connection, "_load_scripts", lambda: None)
    ledger.connection.redis.script_flush()

    # When, then
    with pytest.raises(LedgerUnavailable, match="No matching script"):
        ledger.outbox.move_due()


def test_an_error_of_a_script_is_told_as_it_is(ledger: Ledger) -> None:
    # When, then
    with pytest.raises(redis.ResponseError, match="nil"):
        ledger.connection.run("submit", "entropy", "id")


def test_an_illegal_move_is_refused(harness: Harness, ledger: Ledger) -> None:
    # Given a script with a fault, on the includes of another
    includes = ledger.connection._texts["cancel"].partition("-- Cancel tasks.")[0]
    faulty = f"{includes}\nmove(read(ARGV[1]), 'FAILURE')"
    harness.submit("a")

    # When
    with pytest.raises(redis.ResponseError, match="illegal move of a: PENDING -> FAILURE"):
        ledger.connection.redis.eval(faulty, 1, PREFIX, "a")

    # Then
    assert harness.state("a") == "PENDING"


def test_every_script_says_what_it_takes() -> None:
    # Then
    for name in script_names():
        text = assemble(name)
        assert text.startswith("#!lua"), name
        assert "-- KEYS  prefix" in text, name
        assert "@LEGAL@" not in text, name


@pytest.mark.parametrize("error", ["MISCONF cannot write", "MASTERDOWN no link", "NOREPLICAS too few"])
def test_a_server_that_refuses_to_write_is_unavailable(ledger: Ledger, error: str) -> None:
    # When
    def refuse() -> None:
        raise redis.ResponseError(error)

    # Then
    with pytest.raises(LedgerUnavailable, match=error):
        ledger.connection.guard(refuse)


def test_nothing_accepted_is_lost_when_the_server_is_killed(
    own_redis: Server, eventually: Eventually
) -> None:
    # Given
    ledger = Ledger.open(own_redis.url)
    clockless = Harness.__new__(Harness)
    clockless.ledger = ledger
    worker = Worker(ledger, "worker01")
    clockless.submit("a", "b")
    (first, second) = ledger.outbox.claim("q", 10, 10)
    worker.start(first)

    # When
    own_redis.kill()
    with pytest.raises(LedgerUnavailable):
        worker.succeed("a")
    own_redis.start()

    # Then the same finish is told again, under the same token
    assert eventually(lambda: worker.succeed("a")) is True
    assert clockless.state("a") == "SUCCESS"
    worker.start(second)
    assert ledger.maintenance.reap().in_grace
    ledger.close()
