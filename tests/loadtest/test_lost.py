"""What was acknowledged and did not come to its right end is noticed; what may have ended so is not."""

import pytest

from longshore_loadtest.history.record import Call, Event, Fail, Info, Ok, Record
from longshore_loadtest.marks.answers import FLAKY, MARK
from tests.loadtest.judging import after, broken, judged
from tests.loadtest.telling import Teller, changed, good, without


@pytest.mark.parametrize("state", ["PENDING", "QUEUED", "STARTED", "RETRY", "FAILURE", "REVOKED"])
def test_an_acknowledged_task_with_another_end_is_lost(state: str) -> None:
    lines = changed(without(good(), Event, id="r-1"), Record, "r-1", state=state, result=None, error="No: no")
    assert broken(judged(lines))["lost"] == {"r-1"}


def test_an_acknowledged_task_that_is_not_there_is_lost_and_unrecorded() -> None:
    verdict = judged(without(good(), Record, id="r-1"))
    assert broken(verdict) == {"lost": {"r-1"}, "unrecorded": {"r-1"}}
    assert verdict.lost == 1


def test_an_acknowledged_task_that_a_read_did_not_find_is_unrecorded() -> None:
    # Given
    teller = Teller(at=50)
    teller.ask("read", ids=["r-1", "r-2"], told={"states": {"r-2": "SUCCESS"}})

    # Then
    assert broken(judged(after(good(), teller))) == {"unrecorded": {"r-1"}}


def test_an_acknowledged_task_that_a_read_was_answered_404_for_is_unrecorded() -> None:
    teller = Teller(at=50)
    teller.ask("read", Fail, ids=["r-1"], told={"status": 404})
    assert broken(judged(after(good(), teller))) == {"unrecorded": {"r-1"}}


def test_a_read_that_was_refused_or_not_answered_tells_nothing() -> None:
    teller = Teller(at=50)
    teller.ask("read", Fail, ids=["r-1"], told={"status": 403})
    teller.ask("read", Info, ids=["r-1"])
    assert judged(after(good(), teller)).holds


@pytest.mark.parametrize("outcome", [Ok, Info, None])
def test_a_cancel_that_may_have_been_done_revokes(outcome: type[Ok] | type[Info] | None) -> None:
    # Given
    teller = Teller()
    teller.submit("r-9")
    teller.ask("cancel", outcome, ids=["r-9"])
    teller.record("r-9", "REVOKED", deliveries=0)
    teller.end()

    # When
    verdict = judged(teller.lines)

    # Then
    assert verdict.holds
    assert (verdict.cancelled, verdict.ok) == (1, 0)


def test_a_cancel_that_was_refused_does_not_revoke() -> None:
    teller = Teller()
    teller.submit("r-9")
    teller.ask("cancel", Fail, ids=["r-9"])
    teller.record("r-9", "REVOKED", deliveries=0)
    teller.end()
    assert broken(judged(teller.lines)) == {"lost": {"r-9"}}


@pytest.mark.parametrize("outcome", [Info, None])
@pytest.mark.parametrize("done", [True, False])
def test_an_unknown_outcome_may_have_been_either(outcome: type[Info] | None, done: bool) -> None:
    # Given
    teller = Teller()
    teller.ask("submit", outcome, calls=[Call(id="r-9", task=MARK, args=[7, 0])])
    if done:
        teller.run("r-9")
        teller.record("r-9")

    # When
    verdict = judged([*good(), *teller.lines])

    # Then
    assert verdict.holds
    assert (verdict.attempted, verdict.acknowledged, verdict.unknown) == (4, 3, 1)


def test_a_failure_on_purpose_is_an_end_and_any_other_is_not() -> None:
    # Given
    teller = Teller()
    teller.submit("r-8", task=FLAKY, args=[7, 2], retries=1)
    teller.submit("r-9", task=FLAKY, args=[7, 2], retries=2)
    for id in ("r-8", "r-9"):
        teller.run(id, whole=False)
        teller.run(id, whole=False)
        teller.record(id, "FAILURE", error="FailedOnPurpose: so", deliveries=2)
    teller.end()

    # When
    verdict = judged(teller.lines)

    # Then
    assert broken(verdict) == {"lost": {"r-9"}}
    assert verdict.failed == 1


@pytest.mark.parametrize(("cut_short", "right"), [(5, True), (4, True), (3, False)])
def test_what_was_given_up_must_have_been_cut_short_so_often(cut_short: int, right: bool) -> None:
    # Given
    teller = Teller()
    teller.submit("r-9")
    for _ in range(cut_short):
        teller.run("r-9", whole=False)
    teller.record(
        "r-9",
        "FAILURE",
        error="WorkerDied: its worker died 5 times while running it",
        crashes=5,
        deliveries=5,
    )
    teller.end()

    # Then
    assert judged(teller.lines).holds is right
