"""Memory full: nothing new is accepted, and all that was accepted can still finish."""

from collections.abc import Iterator

import pytest
import redis

from longshore.errors import LedgerFull
from longshore_ledger import Ledger
from longshore_ledger.records import NewBatch
from tests.integration.ledger.actors import Harness, Worker
from tests.integration.ledger.clock import LUA, Clock
from tests.integration.ledger.files import chunks_of, open_file, run_file
from tests.integration.ledger.soundness import problems
from tests.services.runner import Server

DAY = 86_400


@pytest.fixture
def harness(own_redis: Server) -> Iterator[Harness]:
    """A ledger on a server of its own."""
    ledger = Ledger.open(own_redis.url, replaced={"clock": LUA})
    yield Harness(ledger, Clock(ledger.connection.redis))
    assert problems(ledger.connection) == []
    ledger.close()


def _limit(ledger: Ledger, of: float) -> None:
    """Set maxmemory so that `of` of it is in use."""
    server = ledger.connection.redis
    used = int(server.info("memory")["used_memory"])
    server.config_set("maxmemory", int(used / of))
    ledger.connection.memory.look()


def test_nothing_new_is_accepted_from_85_percent_on(harness: Harness) -> None:
    # Given
    ledger = harness.ledger
    open_file(ledger, "b")
    _limit(ledger, 0.7)
    harness.submit("before")

    # When
    _limit(ledger, 0.95)

    # Then
    for refused in (
        lambda: harness.submit("after"),
        lambda: open_file(ledger, "c"),
        lambda: ledger.batches.add("b", 0, chunks_of(["1 1"], 1)),
    ):
        with pytest.raises(LedgerFull) as raised:
            refused()
        assert raised.value.retry_after == 30
        assert raised.value.fields["used"] >= 0.85 * raised.value.fields["limit"]


def test_without_a_limit_everything_is_accepted(harness: Harness) -> None:
    # Given
    harness.ledger.connection.redis.config_set("maxmemory", 0)

    # Then
    harness.submit("a")


def test_what_was_accepted_finishes_when_memory_is_full(harness: Harness) -> None:
    # Given work in every place
    ledger, worker, other, relay = harness.ledger, harness.worker, harness.other, harness.relay
    harness.failed("failed")
    harness.submit("delayed", delay=1.0)
    harness.started("doubted")
    harness.started("cancelled")
    harness.started("retried", retries=1, backoff=1.0)
    harness.started("died", other)
    run_file(ledger, "b", ["1 1", "2 2"], size=1)
    open_file(ledger, "stopped")
    harness.submit("a")

    # When memory is full
    _limit(ledger, 1.5)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        ledger.connection.redis.set("x", 1)

    # Then everybody can see it
    assert len(ledger.views.page().items) == 9
    assert len(ledger.views.workers()) == 2
    assert ledger.explanations.explain("a") is not None

    # And workers and operators can do what they have to
    assert ledger.control.cancel(["cancelled"]) == [1]
    assert worker.beat(host="x").cancelled == ["cancelled"]
    assert worker.stop("cancelled") is True
    assert worker.fail("retried") is True
    ledger.runs.progress([("doubted", worker.tokens["doubted"], 1, 2)])
    ledger.runs.park({"unknown": b"{}"})
    ledger.control.pause("q", by="ann")
    ledger.control.resume("q")
    ledger.maintenance.record_broker({"q": {"ready": 0}}, away="memory alarm")
    harness.pass_seconds(4, worker)
    assert worker.succeed("doubted") is True
    assert ledger.outbox.move_due() == 2
    copies = {copy.id: copy for copy in relay.publish()}
    for id in ("delayed", "retried", "died", "a"):
        worker.start(copies[id])
        assert worker.succeed(id, b'"' + b"x" * 10_000 + b'"') is True
    for id in ("b.0", "b.1"):
        worker.start(copies[id])
        worker.finish_lines(id, b"=2")
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.state == "DONE"
    harness.clock.advance(60)
    ledger.maintenance.walk_batches()
    assert ledger.maintenance.republish("q", 0.0) == 0
    ledger.runs.leave(worker.id)
    harness.clock.advance(8 * DAY)
    assert ledger.maintenance.retire() > 5
    for refused in (
        lambda: harness.submit("after"),
        lambda: ledger.control.retry(["failed"]),
        lambda: ledger.connection.run("submit", "entropy", "x", "add", "q", "[]", 4, "", "", "", "", "d"),
        lambda: ledger.batches.open(NewBatch("c", "add", "q", b"d")),
    ):
        with pytest.raises(LedgerFull):
            refused()


def test_a_full_ledger_can_be_opened(harness: Harness, own_redis: Server) -> None:
    # Given
    harness.started("a")
    _limit(harness.ledger, 1.5)

    # When a worker starts again
    opened = Ledger.open(own_redis.url, replaced={"clock": LUA})

    # Then
    worker = Worker(opened, "worker09")
    worker.tokens["a"] = harness.worker.tokens["a"]
    assert worker.succeed("a") is True
    opened.close()
