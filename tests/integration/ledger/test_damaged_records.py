"""A damaged record holds up its own task alone, whatever meets it; that one goes on when it is repaired."""

from collections.abc import Callable

import pytest
import redis

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.integration.ledger.actors import Harness, Worker
from tests.integration.ledger.damage import (
    DAMAGES,
    KEY,
    Damage,
    blamed,
    claimed,
    confirmed,
    doubted,
    doubted_before,
    due,
    given_back,
    go_on,
    lapsed,
    reaped,
    released,
    republished,
    retried,
    started,
    telling,
)


@pytest.fixture(params=DAMAGES)
def damage(ledger: Ledger, request: pytest.FixtureRequest) -> Damage:
    """Each kind."""
    return Damage(ledger, request.param)


@pytest.mark.parametrize(
    "happens",
    [
        *(claimed, lapsed, due, republished, confirmed, given_back, started, released, reaped),
        *(doubted, doubted_before, blamed, telling, retried),
    ],
    ids=lambda happens: happens.__name__,
)
def test_a_damaged_record_holds_up_no_other_and_goes_on_when_repaired(
    harness: Harness, ledger: Ledger, damage: Damage, happens: Callable[[Harness, Damage], None]
) -> None:
    # Given a damaged record between two good ones, which a script met
    happens(harness, damage)

    # When all goes on
    go_on(harness)

    # Then the others end well, and of the one it is known, or it did not matter
    ends = [task and task.state for task in ledger.views.tasks(["a", "c"])]
    assert ends == ["SUCCESS"] * 2
    (b,) = ledger.views.tasks(["b"])
    assert "b" in ledger.maintenance.damaged() or (b and b.state in ("SUCCESS", "FAILURE"))

    # When it is repaired
    damage.repair()
    ledger.maintenance.recheck_damaged()
    harness.clock.advance(60)  # a lease that it was under lapses
    go_on(harness)

    # Then it goes on as well
    assert ledger.maintenance.damaged() == {}
    assert harness.state("b") == ("FAILURE" if happens is retried else "SUCCESS")


def test_a_claim_tells_no_relay_of_a_time_limit_that_is_none(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", "b", "c")
    ledger.connection.redis.hset(KEY, "tm", "soon")

    # Then
    assert [copy.id for copy in harness.relay.publish()] == ["a", "c"]
    assert ledger.maintenance.damaged() == {"b": "field tm is no number"}


def test_a_doubt_of_what_is_gone_is_none(ledger: Ledger, worker: Worker) -> None:
    assert ledger.runs.doubt(worker.id, ["ghost"]) == 0
    assert ledger.maintenance.damaged() == {}


def test_a_doubted_task_that_is_damaged_is_in_nobodys_hands(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    doubted_before(harness, Damage(ledger, "no priority"))

    assert worker.beat().running == []


def test_a_doubt_that_is_over_takes_nothing_out_of_anybodys_hands(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given a doubt of an earlier run
    harness.started("b")
    ledger.runs.doubt(worker.id, ["b"])
    worker.beat()
    worker.release("b")
    worker.start(*harness.relay.publish())

    # When
    harness.pass_seconds(4, worker)

    # Then
    assert worker.beat().running == ["b"]


def test_a_server_that_fails_is_no_damage(harness: Harness, ledger: Ledger) -> None:
    # Given a set of the ledger's that was damaged, beside a record
    server = ledger.connection.redis
    harness.submit("a", "b", "c", delay=3.0)
    server.hdel(KEY, "p")
    harness.clock.advance(4)
    server.set(f"{PREFIX}:ready:q", "no set")

    # When
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        ledger.outbox.move_due()

    # Then nothing else is said to be damaged, and nothing is lost
    assert set(ledger.maintenance.damaged()) <= {"b"}
    server.delete(f"{PREFIX}:ready:q")
    go_on(harness)
    assert [harness.state(id) for id in "ac"] == ["SUCCESS"] * 2
