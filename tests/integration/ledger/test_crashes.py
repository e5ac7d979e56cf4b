"""Crashes: workers whose heart has stopped, children that vanish, and tasks that kill."""

import msgspec

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_tasks_of_a_dead_worker_are_ready_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")
    harness.started("b", other)

    # When
    early = harness.pass_seconds(3, other)
    late = harness.pass_seconds(1, other)

    # Then
    assert (early.crashes, late.crashes) == (0, 1)
    task = harness.task("a")
    assert (task.state, task.crashes, task.released) == ("PENDING", 1, "its worker died")
    assert relay.publish() == [copy]
    assert harness.state("b") == "STARTED"
    assert {view.id: view.alive for view in ledger.views.workers()} == {"worker01": False, "worker02": True}


def test_a_task_that_has_killed_is_run_alone(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    harness.started("a")
    worker.release("a", "crash", crash=True)

    # When
    answer = harness.deliver(other)[0]

    # Then
    assert (answer.verdict, answer.alone, answer.deliveries) == (Verdict.RUN, True, 2)
    assert harness.task("a").crashes == 1


def test_a_task_that_kills_each_time_fails_at_the_cap(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.started("a", retries=3)

    # When
    for _ in range(4):
        worker.release("a", "crash", crash=True)
        assert harness.state("a") == "PENDING"
        assert harness.deliver(worker)[0].verdict is Verdict.RUN
    worker.release("a", "crash", crash=True)

    # Then
    task = harness.task("a")
    assert (task.state, task.crashes) == ("FAILURE", 5)
    assert msgspec.to_builtins(task.error) == {
        "type": "WorkerDied",
        "message": "its worker died 5 times while running it; the last time crash",
        "traceback": "",
    }
    assert relay.claim() == []
    assert ledger.metrics.counters()["crashes", "q", "add"] == 5
    assert ledger.metrics.counters()["failed", "q", "add"] == 1


def test_the_cap_holds_where_copies_are_taken_over(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given a task that has killed four times
    harness.started("a")
    for _ in range(4):
        worker.release("a", "crash", crash=True)
        (copy,) = harness.relay.publish()
        worker.start(copy)
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)

    # When its worker dies, and the broker delivers it again
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harness.state("a") == "FAILURE"


def test_releases_and_drains_are_no_crashes(harness: Harness, worker: Worker) -> None:
    # Given
    harness.started("a")

    # When
    for _ in range(6):
        worker.release("a", "drain")
        harness.deliver(worker)

    # Then
    task = harness.task("a")
    assert (task.state, task.crashes, task.deliveries) == ("STARTED", 0, 7)


def test_more_dead_than_a_script_takes_are_reaped_in_turns(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given two dead workers with 400 tasks each
    ids = [f"t{n}" for n in range(800)]
    harness.submit(*ids)
    worker.start(*harness.relay.publish(limit=400))
    other.start(*harness.relay.publish(limit=400))
    harness.pass_seconds(3)

    # When
    reaped = [harness.pass_seconds(1).crashes for _ in range(3)]

    # Then
    assert reaped == [500, 300, 0]
    assert ledger.outbox.backlog() == {"q": 800}


def test_a_lost_worker_is_shown_for_ten_minutes(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a")
    harness.pass_seconds(4, other)
    ledger.connection.redis.sadd(f"{PREFIX}:doubt:worker01", "old|worker01.1")

    # When
    shown = []
    for seconds in (590, 610):
        clock.jump(seconds - 10)
        harness.pass_seconds(10, other)
        shown.append([view.id for view in ledger.views.workers()])

    # Then
    assert shown == [["worker01", "worker02"], ["worker02"]]
    assert worker.beat().doubted == []


def test_a_name_in_a_dead_workers_hands_that_means_nothing_does_no_harm(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given what no script leaves behind
    harness.started("mine", other)
    harness.finished("done")
    ledger.connection.redis.sadd(f"{PREFIX}:run:worker01", "ghost", "mine", "done")

    # When
    reaped = harness.pass_seconds(4, other)

    # Then
    assert reaped.crashes == 0
    assert other.succeed("mine") is True


def test_a_dead_child_tells_no_lie_about_a_cancelled_task(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.started("a")
    ledger.control.cancel(["a"])

    # When the child is killed for it
    worker.release("a", "crash", crash=True)

    # Then
    assert harness.state("a") == "REVOKED"
    assert relay.claim() == []
    assert worker.beat().cancelled == []


def test_a_dead_worker_is_not_forgotten_before_its_tasks_are_reaped(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given two workers long dead, of which the first has more than a script takes
    harness.submit(*(f"t{n}" for n in range(520)))
    worker.start(*harness.relay.publish())
    worker.start(*harness.relay.publish(limit=10))
    other.start(*harness.relay.publish())
    clock.advance(700)
    ledger.maintenance.reap()

    # When
    reaped = [harness.pass_seconds(5).crashes, harness.pass_seconds(1).crashes]

    # Then
    assert reaped == [500, 20]


def test_a_small_step_back_of_the_clock_does_not_end_a_grace(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given a ledger that has just come back
    harness.started("a")
    clock.advance(60)
    ledger.maintenance.reap()

    # When
    clock.jump(-0.5)
    reaped = ledger.maintenance.reap()

    # Then
    assert (reaped.in_grace, reaped.crashes) == (True, 0)
    assert worker.succeed("a") is True


def test_a_holder_that_nobody_watches_has_lapsed(harness: Harness, ledger: Ledger, other: Worker) -> None:
    # Given what no script leaves behind
    copy = harness.started("a")
    ledger.connection.redis.zrem(f"{PREFIX}:workers", "worker01")

    # When
    other.ask(copy)

    # Then
    assert harness.state("a") == "PENDING"


def test_a_frozen_worker_is_refused_whatever_became_of_its_task(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a cancelled task and one at the cap, in the hands of a worker that froze
    harness.started("killer")
    for _ in range(4):
        worker.release("killer", "crash", crash=True)
        harness.deliver(worker)
    harness.pass_seconds(4, other)
    harness.started("cancelled")
    ledger.control.cancel(["cancelled"])
    harness.pass_seconds(4, other)
    assert (harness.state("killer"), harness.state("cancelled")) == ("FAILURE", "REVOKED")

    # When it comes back
    answers = worker.succeed("killer"), worker.succeed("cancelled")

    # Then it is not told that its results are on record
    assert answers == (False, False)
