"""Retrying by hand: a recorded new run of what failed or was revoked."""

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from longshore.ledger.records import Admission, RetryAnswer, Verdict
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file


def test_a_failed_task_runs_anew(harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    old = harbour.started("a", retries=1, backoff=0.0)
    worker.fail("a")
    harbour.deliver(worker)
    worker.fail("a")

    # When
    answers = ledger.control.retry(["a"])

    # Then with all its attempts before it
    assert answers == [RetryAnswer.PENDING]
    task = harbour.task("a")
    assert (task.state, task.attempt, task.error, task.worker) == ("PENDING", 1, None, None)
    assert (task.queued_at, task.started_at, task.finished_at, task.due_at) == (None, None, None, None)
    (new,) = relay.publish()
    assert new.run != old.run
    assert worker.ask(old)[0].verdict is Verdict.DROP
    worker.start(new)
    worker.fail("a")
    assert harbour.state("a") == "RETRY"


def test_a_revoked_task_runs_anew(harbour: Harbour, ledger: Ledger, worker: Worker) -> None:
    # Given
    harbour.started("a")
    ledger.control.cancel(["a"])
    worker.stop("a")

    # When
    ledger.control.retry(["a"])
    harbour.deliver(worker)
    worker.succeed("a")

    # Then
    task = harbour.task("a")
    assert (task.state, task.cancel_requested) == ("SUCCESS", None)


def test_the_deaths_of_the_runs_before_are_forgotten(
    harbour: Harbour, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harbour.started("a")
    for _ in range(4):
        worker.release("a", "death", death=True)
        harbour.deliver(worker)
    worker.release("a", "death", death=True)

    # When
    ledger.control.retry(["a"])

    # Then
    assert harbour.task("a").deaths == 0
    assert harbour.deliver(worker)[0].careful is False


def test_what_has_not_failed_or_is_not_there_is_not_retried(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.finished("done")
    harbour.started("started")
    harbour.queued("queued")
    harbour.submit("waiting")
    ids = ["done", "started", "nobody", "queued", "waiting"]

    # When
    answers = ledger.control.retry(ids)

    # Then
    assert [answer.name for answer in answers] == ["NOT_FAILED", "NOT_FAILED", "UNKNOWN"] + ["NOT_FAILED"] * 2
    assert [harbour.state(id) for id in ids if id != "nobody"] == ["SUCCESS", "STARTED", "QUEUED", "PENDING"]


def test_a_retry_told_again_is_one_run(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.failed("a")

    # When the answer was lost, and the client library asked again
    answers = [ledger.connection.run("retry", "entropy", "somebody", "a") for _ in range(2)]

    # Then
    assert answers == [[0], [0]]
    assert ledger.metrics.counters()["retried by hand", "q", "add"] == 1
    assert ledger.connection.redis.hget(f"{PREFIX}:t:a", "h") == b"1"


def test_a_late_finish_of_the_run_before_is_refused(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harbour.failed("a")
    ledger.control.retry(["a"])
    harbour.deliver(other)

    # When
    late = worker.succeed("a", b"1")

    # Then
    assert late is False
    assert harbour.state("a") == "STARTED"


def test_an_old_copy_is_not_waited_for_after_a_retry(
    harbour: Harbour, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a copy claimed, and cancelled on its way
    harbour.submit("a", "b")
    relay.claim(limit=1)
    ledger.control.cancel(["a"])

    # When
    ledger.control.retry(["a"])

    # Then it takes no room, and its lease does not lapse into the new run
    assert ledger.upkeep.outstanding() == {"q": 0}
    assert ledger.outbox.backlog() == {"q": 2}


def test_a_retried_task_keeps_its_place_by_age(harbour: Harbour, ledger: Ledger, relay: Relay) -> None:
    # Given
    harbour.failed("old")
    harbour.submit("new")

    # When
    ledger.control.retry(["old"])

    # Then
    assert [copy.id for copy in relay.claim()] == ["old", "new"]


def test_a_retried_task_is_still_known_by_its_payload(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.failed("a")
    ledger.control.retry(["a"])

    # When
    again = harbour.submit("a")

    # Then
    assert again == [Admission.REPEATED]


def test_a_part_of_a_batch_is_retried_with_its_batch(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    run_file(ledger, "b", ["1 2"])
    ledger.batches.cancel("b")

    # When
    answers = ledger.control.retry(["b.0"])

    # Then
    assert answers == [RetryAnswer.IN_BATCH]
    assert harbour.state("b.0") == "REVOKED"
