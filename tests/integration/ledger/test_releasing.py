"""RELEASE: tasks given back, without blame."""

from longshore_ledger import Ledger
from longshore_ledger.records import Release
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_drained_task_is_ready_again(harness: Harness, relay: Relay, worker: Worker, other: Worker) -> None:
    # Given
    copy = harness.started("a")

    # When
    released = worker.release("a", "drain")

    # Then
    assert released is True
    task = harness.task("a")
    assert (task.state, task.released, task.crashes, task.due_at) == ("PENDING", "drain", 0, None)
    assert relay.publish() == [copy]
    other.start(copy)


def test_a_release_told_again_changes_nothing(harness: Harness, relay: Relay, worker: Worker) -> None:
    # Given
    harness.started("a")
    worker.release("a")
    relay.publish()

    # When the answer was lost
    again = worker.release("a")

    # Then
    assert again is True
    assert harness.state("a") == "QUEUED"


def test_a_task_never_started_is_given_back_by_its_run(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    (copy,) = harness.queued("a")

    # When
    released = worker.refuse(copy, "unknown task")

    # Then
    assert released is True
    assert (harness.state("a"), harness.task("a").released) == ("PENDING", "unknown task")
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert relay.publish() == [copy]


def test_a_task_can_be_given_back_for_a_while(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    (copy,) = harness.queued("a")
    harness.started("b")

    # When
    worker.refuse(copy, "unknown task", delay=5.0)
    worker.release("b", "not now", delay=6.0)

    # Then
    assert harness.task("a").due_at == "2026-11-21T08:00:05.000Z"
    assert relay.claim() == []
    clock.advance(5)
    ledger.outbox.move_due()
    assert [copy.id for copy in relay.claim()] == ["a"]
    clock.advance(1)
    ledger.outbox.move_due()
    assert [copy.id for copy in relay.claim()] == ["b"]


def test_a_copy_of_an_older_run_gives_nothing_back(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    (old,) = harness.queued("a")
    ledger.control.cancel(["a"])
    ledger.control.retry(["a"])
    relay.publish()

    # When
    released = worker.refuse(old)

    # Then
    assert released is False
    assert harness.state("a") == "QUEUED"
    assert ledger.maintenance.outstanding() == {"q": 1}


def test_what_another_holds_is_not_given_back(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")

    # When
    answers = [
        other.refuse(copy),
        *ledger.runs.release([Release("a", "worker02.1", "drain"), Release("nobody", "worker02.1", "drain")]),
        *ledger.runs.release([Release("nobody", "", "drain", run="x")]),
    ]

    # Then
    assert answers == [False] * 4
    assert worker.succeed("a") is True


def test_what_is_finished_is_not_given_back(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")
    worker.succeed("a")

    # When
    answers = worker.release("a"), other.refuse(copy)

    # Then
    assert answers == (True, False)
    assert harness.state("a") == "SUCCESS"


def test_a_copy_given_back_while_the_task_is_ready_leaves_it_ready_once(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given a copy that the reconciler took for lost
    (copy,) = harness.queued("a")
    clock.advance(20)
    ledger.maintenance.republish("q", older_than=10.0)

    # When a worker gives it back for later
    worker.refuse(copy, delay=10.0)

    # Then
    assert relay.claim() == []
    assert harness.task("a").released == "unknown task"
    clock.advance(10)
    ledger.outbox.move_due()
    assert relay.claim() == [copy]


def test_what_was_cancelled_is_not_ready_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.started("a")
    ledger.control.cancel(["a"])

    # When
    worker.release("a")

    # Then
    assert harness.state("a") == "REVOKED"
    assert relay.claim() == []
    assert worker.beat().cancelled == []


def test_why_it_was_released_is_forgotten_when_it_has_run_again(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a", retries=1)
    worker.release("a", "drain")
    harness.deliver(other)

    # When
    other.fail("a")

    # Then it waits for its next attempt, not because of the drain
    task = harness.task("a")
    assert (task.state, task.released) == ("RETRY", None)


def test_a_worker_that_leaves_is_forgotten(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("a")
    worker.release("a")

    # When
    ledger.runs.leave(worker.id)

    # Then
    assert ledger.views.workers() == []


def test_a_worker_that_leaves_with_a_task_in_its_hands_is_reaped(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")

    # When
    ledger.runs.leave(worker.id)
    harness.pass_seconds(4, other)

    # Then
    assert harness.state("a") == "PENDING"


def test_a_task_that_killed_can_be_given_back_unstarted(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a task whose last holder was stripped of its token
    harness.started("a")
    worker.release("a", "crash", crash=True)
    (copy,) = relay.publish()

    # When
    released = other.refuse(copy)

    # Then it is not left in a broker that no longer has it
    assert released is True
    assert relay.claim() == [copy]


def test_a_stranger_with_the_right_run_gives_nothing_back(harness: Harness, ledger: Ledger) -> None:
    # Given
    (copy,) = harness.queued("a")

    # When
    answers = ledger.runs.release([Release("a", "worker02.1", "drain", run=copy.run)])

    # Then
    assert answers == [False]
    assert harness.state("a") == "QUEUED"
