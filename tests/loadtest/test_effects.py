"""Results, completions, states and runs that should not be are noticed, by the check that is for them."""

import msgspec
import pytest

from longshore_loadtest.history.record import Call, Fail, Mark, Record
from longshore_loadtest.marks.answers import FLAKY, MARK
from tests.loadtest.judging import after, broken, judged
from tests.loadtest.telling import Teller, changed, good, without


@pytest.mark.parametrize("result", [None, 7, "7", 0])
def test_a_result_that_is_not_the_one_is_wrong(result: object) -> None:
    assert broken(judged(changed(good(), Record, "r-2", result=result))) == {"wrong": {"r-2"}}


def test_a_result_that_was_wrong_when_it_was_read_is_wrong() -> None:
    # Given
    teller = Teller(at=5)
    teller.ask("read", ids=["r-2"], told={"states": {"r-2": "SUCCESS"}, "results": {"r-2": 3}})

    # Then
    assert broken(judged(after(good(), teller))) == {"wrong": {"r-2"}}


@pytest.mark.parametrize("event", [None, "ended"], ids=["that never ran", "whose runs were all cut short"])
def test_a_success_that_no_run_earned_is_wrong(event: str | None) -> None:
    lines = without(good(), Mark, id="r-1", **({"event": event} if event else {}))
    assert broken(judged(lines)) == {"wrong": {"r-1"}}


def test_two_completions_of_one_run_are_duplicated() -> None:
    # Given
    teller = Teller(at=10)
    teller.say("SUCCESS", "r-1")

    # When
    verdict = judged(after(good(), teller))

    # Then
    assert broken(verdict)["duplicated"] == {"r-1"}
    assert verdict.completions == {1: 2, 2: 1}


def test_a_failure_after_a_success_is_duplicated() -> None:
    teller = Teller(at=10)
    teller.say("FAILURE", "r-1")
    assert broken(judged(after(good(), teller)))["duplicated"] == {"r-1"}


@pytest.mark.parametrize("state", ["PENDING", "STARTED", "QUEUED"])
def test_a_success_that_goes_on_is_changed(state: str) -> None:
    teller = Teller(at=10)
    teller.say(state, "r-1")
    assert broken(judged(after(good(), teller)))["changed"] == {"r-1"}


def test_a_success_that_a_later_read_does_not_confirm_is_changed() -> None:
    teller = Teller(at=10)
    teller.ask("read", ids=["r-1"], told={"states": {"r-1": "STARTED"}})
    assert broken(judged(after(good(), teller))) == {"changed": {"r-1"}}


def test_a_read_that_began_before_the_end_may_tell_an_earlier_state() -> None:
    # Given
    teller = Teller(at=0.02)
    invoke, ok = teller.request("read", ids=["r-0"], told={"states": {"r-0": "QUEUED"}})
    assert ok
    late = msgspec.structs.replace(ok, at=9.0)

    # Then
    assert judged(
        [*good(), msgspec.structs.replace(invoke, op=99), msgspec.structs.replace(late, op=99)]
    ).holds


def test_a_retry_by_hand_that_is_recorded_changes_a_failure() -> None:
    # Given
    teller = Teller()
    teller.watch()
    teller.submit("r-9", task=FLAKY, args=[7, 1], retries=0)
    for state in ("PENDING", "QUEUED", "STARTED"):
        teller.say(state, "r-9")
    teller.run("r-9", whole=False)
    teller.say("FAILURE", "r-9")
    before = len(teller.lines)
    teller.ask("retry", ids=["r-9"])
    retry = teller.lines[before:]
    for state in ("PENDING", "QUEUED", "STARTED"):
        teller.say(state, "r-9")
    teller.run("r-9")
    teller.say("SUCCESS", "r-9")
    teller.record("r-9", deliveries=2)
    teller.end()

    # Then
    assert broken(judged(teller.lines)) == {}
    without_it = [line for line in teller.lines if line not in retry]
    assert broken(judged(without_it)) == {"changed": {"r-9"}, "duplicated": {"r-9"}}


def test_what_was_refused_and_is_there_is_unexpected() -> None:
    # Given
    teller = Teller()
    teller.ask("submit", Fail, calls=[Call(id="r-9", task=MARK, args=[7, 0])])
    refused = Teller(at=9)
    refused.record("r-9", "PENDING")

    # Then
    assert judged([*good(), *teller.lines]).refused == 1
    assert broken(judged([*good(), *teller.lines, *refused.lines])) == {"unexpected": {"r-9"}}


def test_what_a_bulk_did_not_accept_was_refused() -> None:
    # Given
    teller = Teller()
    calls = [Call(id=id, task=MARK, args=[7, 0]) for id in ("r-8", "r-9")]
    teller.ask("submit-bulk", told={"ids": ["r-8"]}, calls=calls)
    teller.run("r-8")
    teller.record("r-8", finished_at=None)
    held = list(teller.lines)
    teller.record("r-9", "PENDING")

    # Then
    assert judged([*good(), *held]).holds
    assert broken(judged([*good(), *teller.lines])) == {"unexpected": {"r-9"}}


def test_what_nobody_submitted_is_unexpected() -> None:
    recorded, run, heard = Teller(at=9), Teller(at=9), Teller(at=9)
    recorded.record("r-8")
    run.run("r-8")
    heard.say("PENDING", "r-8")
    for teller in (recorded, run, heard):
        assert broken(judged(after(good(), teller))) == {"unexpected": {"r-8"}}


def test_a_run_that_no_delivery_accounts_for_is_uncounted() -> None:
    teller = Teller(at=9)
    teller.run("r-1")
    assert broken(judged(after(good(), teller))) == {"uncounted": {"r-1"}}


def test_a_run_more_is_shown_and_allowed_when_it_was_counted() -> None:
    # Given
    teller = Teller(at=9)
    teller.run("r-1")

    # When
    verdict = judged(after(changed(good(), Record, "r-1", deliveries=2), teller))

    # Then
    assert verdict.holds
    assert verdict.executions == {1: 2, 2: 1}
