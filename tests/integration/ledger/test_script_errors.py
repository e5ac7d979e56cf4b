"""A script that fails on one item: what it did for the others stands, and is in order."""

import pytest
import redis

from longshore_ledger import Ledger
from longshore_ledger.records import Finish, FinishLines, Outcome, Release, StartAsk
from tests.integration.ledger.actors import ERROR, Harness, Relay, Worker
from tests.integration.ledger.files import run_file

NO_NUMBER = "soon"


@pytest.mark.parametrize("outcome", [Outcome.SUCCESS, Outcome.FAILURE, Outcome.REVOKED])
def test_results_beside_one_that_cannot_be_recorded(
    harness: Harness, ledger: Ledger, worker: Worker, outcome: Outcome
) -> None:
    # Given
    for id in "abc":
        harness.started(id)
    ends = [
        Finish(id, worker.tokens[id], outcome, ERROR, us)  # type: ignore[arg-type]
        for id, us in (("a", 1), ("b", NO_NUMBER), ("c", 1))
    ]

    # When
    with pytest.raises(redis.ResponseError):
        ledger.runs.finish(ends)

    # Then they are on record, and the ledger is sound, which the fixture looks at
    assert [harness.state(id) for id in "abc"] == [outcome, "STARTED", outcome]
    assert ledger.runs.finish([ends[0]]) == [True]
    assert ledger.views.counts()["q"][outcome] == 2


def test_lines_beside_some_that_cannot_be_recorded(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    worker.beat()
    run_file(ledger, "b", ["1", "2", "3"], size=1)
    worker.start(*relay.publish())
    ends = [
        FinishLines(id, worker.tokens[id], [b"=1"], 0, us)  # type: ignore[arg-type]
        for id, us in (("b.0", 1), ("b.1", NO_NUMBER), ("b.2", 1))
    ]

    # When
    with pytest.raises(redis.ResponseError):
        ledger.runs.finish_lines(ends)

    # Then
    assert [harness.state(f"b.{n}") for n in range(3)] == ["SUCCESS", "STARTED", "SUCCESS"]


def test_releases_beside_one_that_fails(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given a task whose record was damaged
    for id in "abc":
        harness.started(id)
    ledger.connection.redis.hset("{longshore}:t:b", "hi", "no JSON")

    # When
    with pytest.raises(redis.ResponseError):
        ledger.runs.release([Release(id, worker.tokens[id], "drain") for id in "abc"])

    # Then
    assert [harness.state(id) for id in "abc"] == ["PENDING", "STARTED", "PENDING"]
    assert ledger.maintenance.damaged() == {"b": "field hi is no JSON"}


def test_starts_beside_one_that_fails(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task whose record was damaged
    worker.beat()
    copies = harness.queued("a", "b", "c")
    stamp = ledger.connection.redis.hget("{longshore}:t:b", "c")
    ledger.connection.redis.hset("{longshore}:t:b", "c", "no number")

    # When
    asks = [StartAsk(copy.id, copy.run, f"{worker.id}.{n}") for n, copy in enumerate(copies)]
    with pytest.raises(redis.ResponseError):
        ledger.runs.start(worker.id, asks)

    # Then what was begun is watched: it runs again should the worker die now
    ledger.connection.redis.hset("{longshore}:t:b", "c", stamp)
    assert ledger.maintenance.recheck_damaged() == 0
    assert [harness.state(id) for id in "ac"] == ["STARTED", "STARTED"]
    assert sorted(worker.beat().running) == ["a", "c"]


def test_a_damaged_record_holds_up_no_reaping(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    for id in "abc":
        harness.started(id)
    ledger.connection.redis.hset("{longshore}:t:b", "hi", "no JSON")

    # When their worker dies
    for _ in range(4):
        harness.clock.advance(1)
        other.beat()
        ledger.maintenance.reap()

    # Then the others are free, and it is as well once it is repaired
    assert [harness.state(id) for id in "abc"] == ["PENDING", "STARTED", "PENDING"]
    ledger.connection.redis.hdel("{longshore}:t:b", "hi")
    assert ledger.maintenance.recheck_damaged() == 0
    harness.pass_seconds(4, other)
    assert harness.state("b") == "PENDING"
