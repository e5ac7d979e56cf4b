"""What is damaged can be cancelled, retried and forgotten."""

from collections.abc import Callable

import pytest

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Admission, CancelAnswer, RetryAnswer
from tests.integration.ledger.actors import Harness, Worker, new_task
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.damage import DAMAGES, KEY, Damage, claimed, go_on, reaped, republished, retried


@pytest.fixture(params=DAMAGES)
def damage(ledger: Ledger, request: pytest.FixtureRequest) -> Damage:
    """Each kind."""
    return Damage(ledger, request.param)


@pytest.mark.parametrize("happens", [claimed, reaped, republished, retried])
def test_what_is_damaged_can_be_cancelled(
    harness: Harness, ledger: Ledger, damage: Damage, happens: Callable[[Harness, Damage], None]
) -> None:
    # Given
    happens(harness, damage)
    go_on(harness)

    # When
    answers = ledger.control.cancel(["b", "nobody"])

    # Then nothing of it is left to trouble anybody
    assert answers[1] is CancelAnswer.UNKNOWN
    assert answers[0] in (CancelAnswer.REVOKED, CancelAnswer.REQUESTED, CancelAnswer.FINISHED)
    go_on(harness)
    assert harness.task("b").damaged is None
    assert harness.state("b") in ("REVOKED", "SUCCESS", "FAILURE")
    ledger.maintenance.recheck_damaged()
    assert ledger.maintenance.damaged() == {}


def test_what_had_failed_and_was_damaged_can_be_retried(
    harness: Harness, ledger: Ledger, damage: Damage
) -> None:
    # Given
    for id in "abc":
        harness.failed(id)
    damage.do()

    # When
    answers = ledger.control.retry(list("abc"))

    # Then each runs, but for one of which nobody knows the arguments
    assert answers == [RetryAnswer.PENDING] * 3
    go_on(harness)
    unknown = "b" in ledger.maintenance.damaged()
    assert [harness.state(id) for id in "abc"] == ["SUCCESS", "PENDING" if unknown else "SUCCESS", "SUCCESS"]


def test_retention_forgets_what_ended_and_was_damaged(
    harness: Harness, ledger: Ledger, clock: Clock, damage: Damage
) -> None:
    # Given
    harness.finished("a", "b", "c")
    damage.do()
    clock.advance(8 * 86_400)

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 3
    assert ledger.views.tasks(list("abc")) == [None] * 3


def test_an_id_whose_record_is_damaged_is_taken(harness: Harness, ledger: Ledger, damage: Damage) -> None:
    # Given
    harness.submit("b")
    damage.do()

    # When
    answers = ledger.intake.submit([new_task("a"), new_task("b", args=b"[7]")])

    # Then
    assert answers == [Admission.NEW, Admission.CONFLICT]
    damage.repair()


def test_what_can_be_known_of_a_damaged_record_is_enough_to_end_it(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("b")
    ledger.connection.redis.delete(KEY)
    ledger.connection.redis.set(KEY, "no record")

    # When
    answers = ledger.control.cancel(["b"])

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert (harness.state("b"), harness.task("b").damaged) == ("REVOKED", None)
    assert ledger.maintenance.damaged() == {}


def test_what_can_be_known_of_a_damaged_record_is_enough_to_run_it_anew(
    harness: Harness, ledger: Ledger
) -> None:
    # Given one that failed and one that waits
    harness.failed("a")
    harness.submit("b")
    ledger.connection.redis.hset(f"{PREFIX}:t:a", "hi", "no JSON")
    ledger.connection.redis.hdel(KEY, "p")

    # When
    answers = ledger.control.retry(["a", "b"])

    # Then
    assert answers == [RetryAnswer.PENDING, RetryAnswer.NOT_FAILED]
    assert list(ledger.maintenance.damaged()) == ["b"]
    go_on(harness)
    assert harness.state("a") == "SUCCESS"


def test_a_damaged_record_that_is_counted_nowhere_is_forgotten(ledger: Ledger) -> None:
    # Given
    ledger.connection.redis.set(f"{PREFIX}:t:ghost", "no record")

    # Then
    assert ledger.control.cancel(["ghost"]) == [CancelAnswer.UNKNOWN]
    assert ledger.views.task("ghost") is None
    assert ledger.maintenance.damaged() == {}


def test_what_ran_in_unknown_hands_can_be_cancelled(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("b")
    ledger.connection.redis.hdel(KEY, "k")

    # When
    answers = ledger.control.cancel(["b"])

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert ledger.runs.doubt(worker.id, ["b"]) == 0


def test_what_ran_and_is_damaged_can_be_cancelled(harness: Harness, ledger: Ledger) -> None:
    # Given one that its worker took along
    harness.started("b")
    ledger.connection.redis.hdel(KEY, "p")
    harness.pass_seconds(5, harness.other)

    # When
    answers = ledger.control.cancel(["b"])
    harness.pass_seconds(5, harness.other)

    # Then
    assert answers == [CancelAnswer.REQUESTED]
    assert harness.state("b") == "REVOKED"
