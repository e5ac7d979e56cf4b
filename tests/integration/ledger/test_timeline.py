"""What happened to a task, in order."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Outcome, StartAsk
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file

Told = tuple[str, str, str | None, int, str | None]


def _told(ledger: Ledger, id: str) -> list[Told]:
    """Seconds and milliseconds past 08:00, state, worker, attempt, why."""
    moments = ledger.views.timeline(id)
    assert moments is not None
    return [(one.at[17:23], str(one.state), one.worker, one.attempt, one.why) for one in moments]


def _start(harness: Harness, clock: Clock, worker: Worker | None = None) -> None:
    """Publish what is ready, and a second later start it."""
    copies = harness.relay.publish()
    clock.advance(1)
    (worker or harness.worker).beat()
    (worker or harness.worker).start(*copies)
    clock.advance(1)


def test_a_task_that_just_succeeds_costs_no_byte_more(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    harness.submit("a")
    clock.advance(1)
    _start(harness, clock)

    # When
    harness.worker.succeed("a")

    # Then
    assert _told(ledger, "a") == [
        ("00.000", "PENDING", None, 1, None),
        ("01.000", "QUEUED", None, 1, None),
        ("02.000", "STARTED", "worker01", 1, None),
        ("03.000", "SUCCESS", "worker01", 1, None),
    ]
    assert not ledger.connection.redis.hexists(f"{PREFIX}:t:a", "hi")


def test_who_is_not_there_has_no_timeline(ledger: Ledger) -> None:
    assert ledger.views.timeline("nobody") is None


def test_each_attempt_is_told_with_what_it_failed_of(
    harness: Harness, ledger: Ledger, clock: Clock, worker: Worker, other: Worker
) -> None:
    # Given
    harness.submit("a", retries=1, backoff=2.0)
    _start(harness, clock)
    worker.fail("a")
    retried = _told(ledger, "a")
    clock.advance(5)
    ledger.outbox.move_due()

    # When
    _start(harness, clock, other)
    other.fail("a")

    # Then
    begun = [
        ("00.000", "PENDING", None, 1, None),
        ("00.000", "QUEUED", None, 1, None),
        ("01.000", "STARTED", "worker01", 1, None),
        ("02.000", "RETRY", "worker01", 1, "ValueError: no"),
    ]
    assert retried == begun
    assert _told(ledger, "a") == [
        *begun,
        ("07.000", "QUEUED", None, 2, None),
        ("08.000", "STARTED", "worker02", 2, None),
        ("09.000", "FAILURE", "worker02", 2, "ValueError: no"),
    ]


def test_a_release_says_why(harness: Harness, ledger: Ledger, clock: Clock, worker: Worker) -> None:
    # Given a task that was started and given back
    harness.submit("a")
    _start(harness, clock)
    worker.release("a", "drain")
    clock.advance(1)

    # When a worker does not know it, and later another one does
    (copy,) = harness.relay.publish()
    worker.refuse(copy, "unknown task")
    clock.advance(1)
    worker.refuse(harness.relay.claim()[0], "unknown still")
    _start(harness, clock)

    # Then
    assert _told(ledger, "a")[2:] == [
        ("01.000", "STARTED", "worker01", 1, None),
        ("02.000", "PENDING", "worker01", 1, "drain"),
        ("03.000", "QUEUED", None, 1, None),
        ("03.000", "PENDING", None, 1, "unknown task"),
        ("04.000", "PENDING", None, 1, "unknown still"),
        ("04.000", "QUEUED", None, 1, None),
        ("05.000", "STARTED", "worker01", 1, None),
    ]


def test_what_waits_for_its_next_attempt_and_is_given_back_goes_on_waiting_so(
    harness: Harness, ledger: Ledger, clock: Clock, worker: Worker
) -> None:
    # Given
    harness.submit("a", retries=1, backoff=0.0)
    _start(harness, clock)
    worker.fail("a")

    # When
    (copy,) = harness.relay.claim()
    worker.refuse(copy)

    # Then
    assert _told(ledger, "a")[-1] == ("02.000", "RETRY", None, 2, "unknown task")


def test_a_crash_is_told(harness: Harness, ledger: Ledger, clock: Clock, worker: Worker) -> None:
    # Given
    harness.submit("a")
    _start(harness, clock)

    # When
    worker.release("a", "SIGBUS", crash=True)

    # Then
    assert _told(ledger, "a")[-1] == ("02.000", "PENDING", "worker01", 1, "its worker died: SIGBUS")


def test_a_crash_too_many_is_the_end(harness: Harness, ledger: Ledger, clock: Clock, worker: Worker) -> None:
    # Given
    harness.submit("a")

    # When
    for _ in range(5):
        _start(harness, clock)
        worker.release("a", "SIGBUS", crash=True)

    # Then
    told = "its worker died 5 times while running it"
    assert _told(ledger, "a")[-2:] == [
        ("09.000", "STARTED", None, 1, None),
        ("10.000", "FAILURE", None, 1, f"WorkerDied: {told}; the last time SIGBUS"),
    ]


def test_a_dead_worker_is_told(
    harness: Harness, ledger: Ledger, clock: Clock, worker: Worker, other: Worker
) -> None:
    # Given a holder that has lapsed
    copy = harness.started("a")
    harness.pass_seconds(3, other)
    clock.advance(0.5)

    # When
    other.ask(copy)

    # Then
    assert _told(ledger, "a")[2:] == [
        ("00.000", "STARTED", "worker01", 1, None),
        ("03.500", "PENDING", "worker01", 1, "its worker died"),
    ]


def test_a_run_that_its_worker_no_longer_knew_is_told(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")
    ledger.runs.start(other.id, [StartAsk(copy.id, copy.run, f"{other.id}.1")])

    # When nobody confirms it
    harness.pass_seconds(4, worker, other)

    # Then
    assert _told(ledger, "a")[-1][1:] == ("PENDING", "worker01", 1, "its worker no longer knew it")


def test_a_lost_copy_and_a_pause_are_told(
    harness: Harness, ledger: Ledger, clock: Clock, worker: Worker, relay: Relay
) -> None:
    # Given
    (copy,) = harness.queued("a")
    clock.advance(1)
    ledger.maintenance.republish("q", 0)
    (copy,) = relay.publish()
    ledger.control.pause("q")
    clock.advance(1)

    # When
    worker.ask(copy)

    # Then
    assert _told(ledger, "a")[1:] == [
        ("00.000", "QUEUED", None, 1, None),
        ("01.000", "PENDING", None, 1, "the broker lost its copy"),
        ("01.000", "QUEUED", None, 1, None),
        ("02.000", "PENDING", None, 1, "paused"),
    ]


def test_a_request_to_stop_is_told_once(
    harness: Harness, ledger: Ledger, clock: Clock, worker: Worker
) -> None:
    # Given
    harness.submit("a")
    _start(harness, clock)

    # When
    ledger.control.cancel(["a"], by="ann")
    ledger.control.cancel(["a"], by="bob")
    clock.advance(1)
    worker.stop("a")

    # Then
    assert _told(ledger, "a")[2:] == [
        ("01.000", "STARTED", "worker01", 1, None),
        ("02.000", "STARTED", "worker01", 1, "asked to stop by ann"),
        ("03.000", "REVOKED", "worker01", 1, "cancelled by bob"),
    ]


def test_a_run_that_ends_revoked_by_itself_says_so(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("a")

    # When
    worker.finish("a", Outcome.REVOKED, b"null")

    # Then
    assert _told(ledger, "a")[-1][1:] == ("REVOKED", "worker01", 1, "cancelled by itself")
    ledger.control.retry(["a"])
    assert _told(ledger, "a")[-2][1:] == ("REVOKED", "worker01", 1, "cancelled by itself")


def test_a_retry_by_hand_keeps_the_run_before_it(
    harness: Harness, ledger: Ledger, clock: Clock, worker: Worker, other: Worker
) -> None:
    # Given a run with two attempts, and one that was cancelled while it waited
    harness.submit("a", retries=1, backoff=0.0)
    for _ in range(2):
        _start(harness, clock)
        worker.fail("a")
    clock.advance(1)
    ledger.control.retry(["a"], by="ann")
    clock.advance(1)
    ledger.control.cancel(["a"], by="bob")

    # When
    ledger.control.retry(["a"])
    _start(harness, clock, other)
    other.succeed("a")

    # Then
    assert _told(ledger, "a") == [
        ("00.000", "PENDING", None, 1, None),
        ("00.000", "QUEUED", None, 1, None),
        ("01.000", "STARTED", "worker01", 1, None),
        ("02.000", "RETRY", "worker01", 1, "ValueError: no"),
        ("02.000", "QUEUED", None, 2, None),
        ("03.000", "STARTED", "worker01", 2, None),
        ("04.000", "FAILURE", "worker01", 2, "ValueError: no"),
        ("05.000", "PENDING", None, 1, "retried by ann"),
        ("06.000", "REVOKED", None, 1, "cancelled by bob"),
        ("06.000", "PENDING", None, 1, "retried by somebody"),
        ("06.000", "QUEUED", None, 1, None),
        ("07.000", "STARTED", "worker02", 1, None),
        ("08.000", "SUCCESS", "worker02", 1, None),
    ]


def test_a_chunk_of_a_file_tells_its_detours_too(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 2"])
    worker.beat()
    worker.start(*relay.publish())
    worker.release("b.0", "drain")

    # When
    ledger.batches.cancel("b")

    # Then
    assert [(state, why) for _, state, _, _, why in _told(ledger, "b.0")] == [
        ("PENDING", None),
        ("QUEUED", None),
        ("STARTED", None),
        ("PENDING", "drain"),
        ("REVOKED", "cancelled by its batch"),
    ]
