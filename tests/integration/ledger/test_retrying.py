"""Retrying by hand: a recorded new run of what failed or was revoked."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Admission, RetryAnswer, Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file


def test_a_failed_task_runs_anew(harness: Harness, ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    old = harness.started("a", retries=1, backoff=0.0)
    worker.fail("a")
    harness.deliver(worker)
    worker.fail("a")

    # When
    answers = ledger.control.retry(["a"])

    # Then with all its attempts before it
    assert answers == [RetryAnswer.PENDING]
    task = harness.task("a")
    assert (task.state, task.attempt, task.error, task.worker) == ("PENDING", 1, None, None)
    assert (task.queued_at, task.started_at, task.finished_at, task.due_at) == (None, None, None, None)
    (new,) = relay.publish()
    assert new.run != old.run
    assert worker.ask(old)[0].verdict is Verdict.DROP
    worker.start(new)
    worker.fail("a")
    assert harness.state("a") == "RETRY"


def test_a_revoked_task_runs_anew(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    old = harness.started("a")
    ledger.control.cancel(["a"])
    worker.stop("a")

    # When
    ledger.control.retry(["a"])
    (new,) = harness.relay.publish()
    worker.start(new)
    worker.succeed("a")

    # Then
    task = harness.task("a")
    assert (task.state, task.cancel_requested) == ("SUCCESS", None)
    assert new.run != old.run


def test_the_crashes_of_the_runs_before_are_forgotten(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("a")
    for _ in range(4):
        worker.release("a", "crash", crash=True)
        harness.deliver(worker)
    worker.release("a", "crash", crash=True)

    # When
    ledger.control.retry(["a"])

    # Then
    assert harness.task("a").crashes == 0
    assert harness.deliver(worker)[0].alone is False


def test_a_suspect_of_the_runs_before_is_none_any_more(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task that was cancelled while it waited for a worker of its own
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    ledger.control.cancel(["a", "b"])

    # When
    ledger.control.retry(["a"])

    # Then
    assert harness.deliver(other)[0].suspect is False


def test_what_has_not_failed_or_is_not_there_is_not_retried(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.finished("done")
    harness.started("started")
    harness.queued("queued")
    harness.submit("waiting")
    ids = ["done", "started", "nobody", "queued", "waiting"]

    # When
    answers = ledger.control.retry(ids)

    # Then
    assert [answer.name for answer in answers] == ["NOT_FAILED", "NOT_FAILED", "UNKNOWN"] + ["NOT_FAILED"] * 2
    assert [harness.state(id) for id in ids if id != "nobody"] == ["SUCCESS", "STARTED", "QUEUED", "PENDING"]


def test_a_retry_told_again_is_one_run(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.failed("a")

    # When the answer was lost, and the client library asked again
    answers = [ledger.connection.run("retry", "entropy", "somebody", "a") for _ in range(2)]

    # Then
    assert answers == [[0], [0]]
    assert ledger.metrics.counters()["retried by hand", "q", "add"] == 1
    assert ledger.connection.redis.hget(f"{PREFIX}:t:a", "h") == b"1"


def test_a_retry_told_again_after_its_run_failed_is_no_second_run(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given a retry whose answer was lost, and whose run is over
    harness.failed("a")
    ledger.connection.run("retry", "entropy", "somebody", "a")
    harness.deliver(worker)
    worker.fail("a")

    # When the client library asks again
    again = ledger.connection.run("retry", "entropy", "somebody", "a")

    # Then
    assert (again, harness.state("a")) == ([0], "FAILURE")


def test_a_retry_told_again_undoes_no_cancel(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.failed("a")
    ledger.connection.run("retry", "entropy", "somebody", "a")
    ledger.control.cancel(["a"])

    # When
    again = ledger.connection.run("retry", "entropy", "somebody", "a")

    # Then
    assert (again, harness.state("a")) == ([0], "REVOKED")


def test_a_late_finish_of_the_run_before_is_refused(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harness.failed("a")
    ledger.control.retry(["a"])
    harness.deliver(other)

    # When
    late = worker.succeed("a", b"1")

    # Then
    assert late is False
    assert harness.state("a") == "STARTED"


def test_an_old_copy_is_not_waited_for_after_a_retry(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a copy claimed, and cancelled on its way
    harness.submit("a", "b")
    relay.claim(limit=1)
    ledger.control.cancel(["a"])

    # When
    ledger.control.retry(["a"])

    # Then it takes no room, and its lease does not lapse into the new run
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert ledger.outbox.backlog() == {"q": 2}


def test_a_retried_task_keeps_its_place_by_age(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    harness.failed("old")
    harness.submit("new")

    # When
    ledger.control.retry(["old"])

    # Then
    assert [copy.id for copy in relay.claim()] == ["old", "new"]


def test_a_retried_task_is_still_known_by_its_payload(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.failed("a")
    ledger.control.retry(["a"])

    # When
    again = harness.submit("a")

    # Then
    assert again == [Admission.REPEATED]


def test_a_chunk_of_a_batch_is_retried_with_its_batch(harness: Harness, ledger: Ledger) -> None:
    # Given
    run_file(ledger, "b", ["1 2"])
    ledger.batches.cancel("b")

    # When
    answers = ledger.control.retry(["b.0"])

    # Then
    assert answers == [RetryAnswer.IN_BATCH]
    assert harness.state("b.0") == "REVOKED"


def test_no_pause_before_a_retry_leads_beyond_what_can_be_shown(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given a task that waits twice as long each time, from ten years on
    harness.started("a", retries=1000, backoff=3660.0 * 86_400)
    ledger.connection.redis.hset(f"{PREFIX}:t:a", "at", 900)

    # When
    worker.fail("a")

    # Then it waits for ten years, a tenth more or less, and can be shown
    task = harness.task("a")
    assert (task.state, task.damaged) == ("RETRY", None)
    assert task.due_at is not None
    assert task.due_at[:4] in {"2035", "2036", "2037"}
