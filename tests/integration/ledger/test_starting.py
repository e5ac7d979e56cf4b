"""START: which copies may run, and which are dropped or parked."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Claimed, StartAnswer, StartAsk, Verdict
from longshore_ledger.runs import MOST_PARKED
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_copy_is_started_once(harness: Harness, worker: Worker, other: Worker, clock: Clock) -> None:
    # Given
    worker.beat()
    other.beat()
    (copy,) = harness.queued("a")
    clock.advance(0.5)

    # When
    answers = worker.ask(copy) + other.ask(copy)

    # Then
    assert answers[0] == StartAnswer(Verdict.RUN, attempt=1, deliveries=1, offset=-1, alone=False)
    assert answers[1].verdict is Verdict.DROP
    task = harness.task("a")
    assert (task.state, task.worker, task.deliveries) == ("STARTED", "worker01", 1)
    assert task.started_at == "2026-11-21T08:00:00.500Z"


def test_two_copies_of_a_task_in_one_call_are_one_run(harness: Harness, worker: Worker) -> None:
    # Given a worker that has not even beaten
    (copy,) = harness.queued("a")

    # When
    answers = worker.ask(copy, copy)

    # Then
    assert [answer.verdict for answer in answers] == [Verdict.RUN, Verdict.DROP]
    assert harness.task("a").crashes == 0


def test_a_question_asked_again_gets_the_same_answer(harness: Harness, ledger: Ledger) -> None:
    # Given
    (copy,) = harness.queued("a")
    ask = StartAsk("a", copy.run, "worker01.7")
    first = ledger.runs.start("worker01", [ask])

    # When the answer was lost
    again = ledger.runs.start("worker01", [ask])

    # Then
    assert again == first
    assert harness.task("a").deliveries == 1


def test_each_of_many_copies_gets_its_own_verdict(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    fresh, gone, twice = harness.queued("fresh", "gone", "twice")
    ledger.control.cancel(["gone"])
    unknown = Claimed("unknown", "run", "add", b"[]", 4, None, chunk=False)

    # When
    answers = worker.ask(twice, gone, unknown, fresh, twice)

    # Then
    assert [answer.verdict for answer in answers] == [
        Verdict.RUN,
        Verdict.DROP,
        Verdict.PARK,
        Verdict.RUN,
        Verdict.DROP,
    ]
    assert (answers[2].attempt, answers[2].deliveries) == (0, 0)


def test_a_copy_that_the_ledger_does_not_know_is_parked(ledger: Ledger, worker: Worker) -> None:
    # Given
    copy = Claimed("unknown", "run", "add", b"[]", 4, None, chunk=False)

    # When
    verdict = worker.ask(copy)[0].verdict
    ledger.runs.park({"unknown": b"{}"})
    ledger.runs.park({})

    # Then
    assert verdict is Verdict.PARK
    assert ledger.metrics.parked() == 1


def test_no_more_is_parked_than_there_is_room_for(ledger: Ledger) -> None:
    # Given room for one more
    ledger.runs.park({"a": b"{}"} | {f"t{n}": b"{}" for n in range(MOST_PARKED - 2)})

    # When
    left_out = ledger.runs.park({"c": b"{}", "d": b"{}", "a": b"1"})

    # Then
    assert left_out == ["d"]
    assert ledger.metrics.parked() == MOST_PARKED


def test_a_copy_of_an_older_run_is_dropped(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    (old,) = harness.queued("a")
    ledger.control.cancel(["a"])
    ledger.control.retry(["a"])
    (new,) = relay.publish()

    # When
    dropped = worker.ask(old)[0].verdict

    # Then the new one is still to come, and still counted
    assert dropped is Verdict.DROP
    assert ledger.maintenance.outstanding() == {"q": 1}
    worker.start(new)


def test_a_copy_of_a_finished_task_is_dropped(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    worker.succeed("a")

    # When
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harness.state("a") == "SUCCESS"


def test_a_task_started_before_its_confirm_is_planned_no_more(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given a copy whose relay then died, and the task claimed by another
    harness.submit("a")
    (stale,) = relay.claim()
    clock.advance(31)
    relay.claim()
    assert ledger.maintenance.outstanding() == {"q": 1}

    # When
    worker.start(stale)

    # Then
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert ledger.outbox.backlog() == {}


def test_a_task_started_while_it_is_ready_again_is_planned_no_more(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.submit("a")
    (copy,) = relay.claim()
    relay.give_back([copy])  # although it had arrived

    # When
    worker.start(copy)

    # Then
    assert ledger.outbox.backlog() == {}
    assert relay.claim() == []


def test_a_task_started_while_it_is_delayed_is_planned_no_more(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given two copies out; the worker that got the first does not know the task
    harness.submit("a")
    (copy,) = relay.claim()
    other.refuse(copy, delay=10.0)

    # When
    worker.start(copy)
    clock.advance(11)

    # Then
    assert ledger.outbox.move_due() == 0
    assert harness.state("a") == "STARTED"


def test_a_task_carries_the_number_of_its_attempt(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a", retries=1, backoff=1.0)
    worker.fail("a")
    clock.advance(2)
    ledger.outbox.move_due()

    # When
    (answer,) = harness.deliver(worker)

    # Then
    assert (answer.attempt, answer.deliveries) == (2, 2)


def test_the_wait_is_measured_from_when_it_could_have_started(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("now")
    harness.submit("later", delay=10.0)
    clock.advance(0.1)
    harness.deliver(worker)
    clock.advance(10.9)
    ledger.outbox.move_due()

    # When
    harness.deliver(worker)

    # Then
    assert ledger.metrics.histograms()["wait", "q"] == {128: 1, 1024: 1}


def test_the_wait_of_a_second_delivery_is_not_measured(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("a")
    worker.release("a")

    # When
    harness.deliver(worker)

    # Then
    assert sum(ledger.metrics.histograms()["wait", "q"].values()) == 1


def test_no_more_is_asked_than_needed(ledger: Ledger, worker: Worker) -> None:
    # When there is nothing to say
    committed = ledger.runs.commit("worker01")

    # Then
    assert (committed.finished, committed.lines, committed.released, committed.started) == ([], [], [], [])


def test_a_started_task_is_watched_by_its_worker_alone(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # When
    harness.started("a")
    other.beat()

    # Then
    assert {view.id: view.running for view in ledger.views.workers()} == {"worker01": 1, "worker02": 0}
    assert ledger.connection.redis.smembers(f"{PREFIX}:run:worker01") == {b"a"}
