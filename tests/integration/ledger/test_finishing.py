"""FINISH: one completion is recorded a run, and by whoever holds it."""

import msgspec

from longshore_ledger import Ledger
from longshore_ledger.connection import MOST_ITEMS
from longshore_ledger.records import Finish, Outcome, StartAsk
from tests.integration.ledger.actors import ERROR, Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_result_is_recorded(harness: Harness, worker: Worker, clock: Clock) -> None:
    # Given
    harness.started("a")
    clock.advance(2)

    # When
    recorded = worker.succeed("a", b'{"n":1}')

    # Then
    task = harness.task("a")
    assert recorded is True
    assert (task.state, task.error, task.finished_at) == ("SUCCESS", None, "2026-11-21T08:00:02.000Z")
    assert task.result is not None
    assert bytes(task.result) == b'{"n":1}'


def test_a_finish_told_again_is_still_recorded(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("a")
    worker.succeed("a")

    # When the answer was lost
    again = worker.succeed("a", b"4")

    # Then once
    assert again is True
    assert bytes(harness.task("a").result or b"") == b"3"
    assert ledger.metrics.counters()["succeeded", "q", "add"] == 1


def test_a_late_finish_of_another_token_is_refused(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a worker that was taken for dead
    harness.started("a")
    harness.pass_seconds(4, other)
    harness.deliver(other)

    # When
    late = worker.succeed("a", b"1")
    right = other.succeed("a", b"2")
    later = worker.fail("a")

    # Then
    assert (late, right, later) == (False, True, False)
    assert bytes(harness.task("a").result or b"") == b"2"
    assert ledger.metrics.counters()["fenced", "q", "add"] == 2


def test_a_finish_is_refused_once_its_holder_was_taken_for_dead(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.pass_seconds(4, other)

    # When nobody else has it yet
    late = worker.succeed("a")

    # Then
    assert late is False
    assert harness.state("a") == "PENDING"


def test_a_finish_of_an_unknown_task_is_refused(ledger: Ledger) -> None:
    # When
    answers = ledger.runs.finish([Finish("nobody", "worker01.1", Outcome.SUCCESS, b"1", 1)])

    # Then
    assert answers == [False]
    assert ledger.metrics.counters() == {}


def test_a_failure_without_retries_is_the_end(harness: Harness, worker: Worker) -> None:
    # Given
    harness.started("a")

    # When
    worker.fail("a")

    # Then
    task = harness.task("a")
    assert (task.state, task.result) == ("FAILURE", None)
    assert msgspec.to_builtins(task.error) == {"type": "ValueError", "message": "no", "traceback": ""}


def test_a_failure_is_tried_again_later_and_later(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a", retries=2, backoff=10.0)
    waits = []

    # When
    for _ in range(2):
        worker.fail("a")
        assert harness.state("a") == "RETRY"
        before = clock.seconds
        while not ledger.outbox.move_due():
            clock.advance(0.5)
        waits.append(clock.seconds - before)
        harness.deliver(worker)
    worker.fail("a")

    # Then
    assert 9 <= waits[0] <= 11.5
    assert 18 <= waits[1] <= 22.5
    task = harness.task("a")
    assert (task.state, task.attempt, task.deliveries) == ("FAILURE", 3, 3)


def test_a_failure_that_repeats_itself_is_not_tried_again(harness: Harness, worker: Worker) -> None:
    # Given
    harness.started("a", retries=5)

    # When
    worker.fail("a", retryable=False)

    # Then
    assert harness.state("a") == "FAILURE"


def test_a_retry_shows_its_error_and_its_time(harness: Harness, worker: Worker, clock: Clock) -> None:
    # Given
    harness.started("a", retries=1, backoff=10.0)

    # When
    worker.fail("a")

    # Then
    task = harness.task("a")
    assert task.error is not None
    assert task.due_at is not None
    assert "2026-11-21T08:00:09" <= task.due_at <= "2026-11-21T08:00:11.1"
    assert task.finished_at is None


def test_the_error_of_an_attempt_is_gone_when_a_later_one_succeeds(
    harness: Harness, worker: Worker, ledger: Ledger, clock: Clock
) -> None:
    # Given
    harness.started("a", retries=1, backoff=1.0)
    worker.fail("a")
    clock.advance(2)
    ledger.outbox.move_due()
    harness.deliver(worker)

    # When
    worker.succeed("a")

    # Then
    task = harness.task("a")
    assert (task.state, task.error, task.due_at) == ("SUCCESS", None, None)


def test_a_copy_of_the_attempt_before_is_dropped(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    copy = harness.started("a", retries=1, backoff=1.0)
    worker.fail("a")

    # When the broker delivers it again
    early = other.ask(copy)[0]

    # Then
    assert early.verdict == 0
    assert harness.state("a") == "RETRY"


def test_a_retry_without_backoff_is_ready_at_once(harness: Harness, relay: Relay, worker: Worker) -> None:
    # Given
    harness.started("a", retries=1, backoff=0.0)

    # When
    worker.fail("a")

    # Then
    assert [copy.id for copy in relay.claim()] == ["a"]


def test_progress_is_that_of_the_run(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("a", retries=1, backoff=0.0)
    other_token = "worker09.1"

    # When
    ledger.runs.progress([])
    ledger.runs.progress(
        [("a", worker.tokens["a"], 3, 10), ("a", other_token, 9, 10), ("nobody", "x.1", 1, 1)]
    )
    running = harness.task("a").progress
    worker.fail("a")
    waiting = harness.task("a").progress
    ledger.runs.progress([("a", worker.tokens["a"], 4, 10)])

    # Then
    assert running is not None
    assert (running.done, running.total) == (3, 10)
    assert waiting is None
    assert harness.task("a").progress is None


def test_a_run_may_end_revoked_by_itself(harness: Harness, worker: Worker) -> None:
    # Given
    harness.started("a")

    # When
    worker.stop("a")

    # Then
    assert harness.state("a") == "REVOKED"


def test_everything_a_worker_has_to_say_goes_in_one_commit(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("done")
    harness.started("drained")
    (copy,) = harness.queued("next")

    # When
    from longshore_ledger.records import Release

    committed = ledger.runs.commit(
        "worker01",
        finishes=[Finish("done", worker.tokens["done"], Outcome.SUCCESS, b"3", 10)],
        releases=[Release("drained", worker.tokens["drained"], "drain")],
        starts=[StartAsk("next", copy.run, "worker01.99")],
    )

    # Then
    assert (committed.finished, committed.released) == ([True], [True])
    assert committed.started[0].verdict == 1
    assert [harness.state(id) for id in ("done", "drained", "next")] == ["SUCCESS", "PENDING", "STARTED"]


def test_more_finishes_than_a_script_takes_are_told_in_slices(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    ids = [f"t{n}" for n in range(MOST_ITEMS + 10)]
    harness.submit(*ids)
    worker.start(*harness.relay.publish())
    worker.start(*harness.relay.publish())

    # When
    answers = ledger.runs.finish([Finish(id, worker.tokens[id], Outcome.FAILURE, ERROR, 1) for id in ids])

    # Then
    assert all(answers)
    assert ledger.views.counts()["q"]["FAILURE"] == len(ids)


def test_run_times_are_counted_in_doubling_buckets(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    for id, runtime in (("a", 400), ("b", 1_000), ("c", 1_001), ("d", 3_000), ("e", 10**12)):
        harness.started(id)

        # When
        ledger.runs.finish([Finish(id, worker.tokens[id], Outcome.SUCCESS, b"1", runtime)])

    # Then
    assert ledger.metrics.histograms()["run", "q"] == {1: 2, 2: 1, 4: 1, 4194304: 1}


def test_a_finish_before_its_submission_took_no_time(harness: Harness, worker: Worker, clock: Clock) -> None:
    # Given a clock that falls back while a task runs
    harness.started("a")
    clock.jump(-3600)

    # When
    worker.succeed("a")

    # Then
    task = harness.task("a")
    assert task.finished_at == task.submitted_at
