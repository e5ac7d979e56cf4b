"""Deaths: workers whose heart has stopped, children that vanish, and tasks that kill."""

import msgspec

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from longshore.ledger.records import Verdict
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_tasks_of_a_dead_worker_are_ready_again(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harbour.started("a")
    harbour.started("b", other)

    # When
    early = harbour.pass_seconds(3, other)
    late = harbour.pass_seconds(1, other)

    # Then
    assert (early.deaths, late.deaths) == (0, 1)
    task = harbour.task("a")
    assert (task.state, task.deaths, task.released) == ("PENDING", 1, "its worker died")
    assert relay.publish() == [copy]
    assert harbour.state("b") == "STARTED"
    assert {view.id: view.alive for view in ledger.views.workers()} == {"worker01": False, "worker02": True}


def test_a_task_that_has_killed_is_run_alone(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given
    harbour.started("a")
    worker.release("a", "death", death=True)

    # When
    answer = harbour.deliver(other)[0]

    # Then
    assert (answer.verdict, answer.careful, answer.deliveries) == (Verdict.RUN, True, 2)
    assert harbour.task("a").deaths == 1


def test_a_task_that_kills_each_time_fails_at_the_cap(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harbour.started("a", retries=3)

    # When
    for _ in range(4):
        worker.release("a", "death", death=True)
        assert harbour.state("a") == "PENDING"
        assert harbour.deliver(worker)[0].verdict is Verdict.RUN
    worker.release("a", "death", death=True)

    # Then
    task = harbour.task("a")
    assert (task.state, task.deaths) == ("FAILURE", 5)
    assert msgspec.to_builtins(task.error) == {
        "type": "WorkerDied",
        "message": "its worker died 5 times while running it",
        "traceback": "",
    }
    assert relay.claim() == []
    assert ledger.metrics.counters()["deaths", "q", "add"] == 5
    assert ledger.metrics.counters()["failed", "q", "add"] == 1


def test_the_cap_holds_where_copies_are_taken_over(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given a task that has killed four times
    harbour.started("a")
    for _ in range(4):
        worker.release("a", "death", death=True)
        (copy,) = harbour.relay.publish()
        worker.start(copy)
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)

    # When its worker dies, and the broker delivers it again
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harbour.state("a") == "FAILURE"


def test_releases_and_drains_are_no_deaths(harbour: Harbour, worker: Worker) -> None:
    # Given
    harbour.started("a")

    # When
    for _ in range(6):
        worker.release("a", "drain")
        harbour.deliver(worker)

    # Then
    task = harbour.task("a")
    assert (task.state, task.deaths, task.deliveries) == ("STARTED", 0, 7)


def test_more_dead_than_a_script_takes_are_judged_in_turns(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given two dead workers with 400 tasks each
    ids = [f"t{n}" for n in range(800)]
    harbour.submit(*ids)
    worker.start(*harbour.relay.publish(limit=400))
    other.start(*harbour.relay.publish(limit=400))
    harbour.pass_seconds(3)

    # When
    judged = [harbour.pass_seconds(1).deaths for _ in range(3)]

    # Then
    assert judged == [500, 300, 0]
    assert ledger.outbox.backlog() == {"q": 800}


def test_a_lost_worker_is_shown_for_ten_minutes(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harbour.started("a")
    harbour.pass_seconds(4, other)
    ledger.connection.redis.sadd(f"{PREFIX}:doubt:worker01", "old|worker01.1")

    # When
    shown = []
    for seconds in (590, 610):
        clock.jump(seconds - 10)
        harbour.pass_seconds(10, other)
        shown.append([view.id for view in ledger.views.workers()])

    # Then
    assert shown == [["worker01", "worker02"], ["worker02"]]
    assert worker.beat().doubted == []


def test_a_name_in_a_dead_workers_hands_that_means_nothing_does_no_harm(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given what no script leaves behind
    harbour.started("mine", other)
    harbour.finished("done")
    ledger.connection.redis.sadd(f"{PREFIX}:run:worker01", "ghost", "mine", "done")

    # When
    judged = harbour.pass_seconds(4, other)

    # Then
    assert judged.deaths == 0
    assert other.succeed("mine") is True


def test_a_dead_child_tells_no_lie_about_a_cancelled_task(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harbour.started("a")
    ledger.control.cancel(["a"])

    # When the child is killed for it
    worker.release("a", "death", death=True)

    # Then
    assert harbour.state("a") == "REVOKED"
    assert relay.claim() == []
    assert worker.beat().cancelled == []


def test_a_dead_worker_is_not_forgotten_before_its_tasks_are_judged(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given two workers long dead, of which the first has more than a script takes
    harbour.submit(*(f"t{n}" for n in range(520)))
    worker.start(*harbour.relay.publish())
    worker.start(*harbour.relay.publish(limit=10))
    other.start(*harbour.relay.publish())
    clock.advance(700)
    ledger.upkeep.judge()

    # When
    judged = [harbour.pass_seconds(5).deaths, harbour.pass_seconds(1).deaths]

    # Then
    assert judged == [500, 20]


def test_a_small_step_back_of_the_clock_does_not_end_a_grace(
    harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given a ledger that has just come back
    harbour.started("a")
    clock.advance(60)
    ledger.upkeep.judge()

    # When
    clock.jump(-0.5)
    judged = ledger.upkeep.judge()

    # Then
    assert (judged.in_grace, judged.deaths) == (True, 0)
    assert worker.succeed("a") is True


def test_a_holder_that_nobody_watches_has_lapsed(harbour: Harbour, ledger: Ledger, other: Worker) -> None:
    # Given what no script leaves behind
    copy = harbour.started("a")
    ledger.connection.redis.zrem(f"{PREFIX}:workers", "worker01")

    # When
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.RUN


def test_a_frozen_worker_is_refused_whatever_became_of_its_task(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a cancelled task and one at the cap, in the hands of a worker that froze
    harbour.started("killer")
    for _ in range(4):
        worker.release("killer", "death", death=True)
        harbour.deliver(worker)
    harbour.started("cancelled")
    ledger.control.cancel(["cancelled"])
    harbour.pass_seconds(4, other)
    assert (harbour.state("killer"), harbour.state("cancelled")) == ("FAILURE", "REVOKED")

    # When it comes back
    answers = worker.succeed("killer"), worker.succeed("cancelled")

    # Then it is not told that its results are on record
    assert answers == (False, False)
