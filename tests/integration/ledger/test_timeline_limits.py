"""What a timeline keeps, and of what length."""

import json

from longshore_ledger import Ledger
from longshore_ledger.records import Outcome
from tests.integration.ledger.actors import Harness, Relay, Worker


def _reasons(ledger: Ledger, id: str) -> list[str]:
    return [one.why for one in ledger.views.timeline(id) or [] if one.why]


def test_twenty_detours_are_kept_the_newest(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.submit("a")

    # When
    for n in range(25):
        worker.refuse(relay.claim()[0], f"reason {n}")

    # Then
    kept = _reasons(ledger, "a")
    assert kept == [f"reason {n}" for n in range(5, 25)]


def test_a_reason_is_kept_short_and_whole_letters(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.submit("a")

    # When
    for why in ("x" + "ü" * 150, "é" * 100, "z" * 300):
        worker.refuse(relay.claim()[0], why)

    # Then
    kept = _reasons(ledger, "a")
    assert kept == ["x" + "ü" * 99, "é" * 100, "z" * 200]


def test_an_error_that_is_no_error_does_not_stop_its_finish(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given what no worker of ours sends
    for n, value in enumerate((b"null", b"no json", json.dumps({"type": "E" * 500}).encode())):
        harness.started(f"t{n}", retries=1, backoff=60.0)

        # When
        recorded = worker.finish(f"t{n}", Outcome.FAILURE, value)

        # Then
        assert recorded
        moments = ledger.views.timeline(f"t{n}")
        assert moments is not None
        assert moments[-1].why == (None, None, "E" * 200)[n]
