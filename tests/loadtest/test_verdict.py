"""The verdict: nothing is seen where there is nothing, and what is seen is told with its lines."""

import msgspec

from longshore_loadtest.history.record import Complete, Invoke, Record
from longshore_loadtest.marks.answers import MARK, answer
from longshore_loadtest.verify import Verdict, verify
from tests.loadtest.judging import after, broken, judged
from tests.loadtest.telling import Teller, changed, good, history_of, without


def test_a_history_without_damage_holds() -> None:
    # When
    verdict = judged(good())

    # Then
    assert broken(verdict) == {}
    assert verdict.holds
    assert (verdict.attempted, verdict.acknowledged, verdict.ok) == (3, 3, 3)
    assert (verdict.batches, verdict.lines) == (1, 250)
    assert verdict.executions == {1: 3}
    assert verdict.completions == {1: 3}
    assert verdict.finding("events").looked_at == 3


def test_a_problem_names_the_lines_that_it_rests_on() -> None:
    # Given
    lines = changed(good(), Record, "r-1", result=8)

    # When
    problem = judged(lines).finding("wrong").problems[0]

    # Then
    history = history_of(lines)
    named = [entry.line for entry in history.entries if entry.where in problem.lines]
    assert [type(line) for line in named] == [Invoke, Record]
    assert problem.says == f"8 instead of {answer(MARK, [7])}"


def test_what_is_not_of_this_run_is_left_alone() -> None:
    # Given
    teller = Teller(at=9)
    teller.run("other-8")
    teller.record("other-8", "FAILURE")
    teller.say("PENDING", "other-7")

    # When
    verdict = judged(after(good(), teller))

    # Then
    assert verdict.holds
    assert verdict.notes == ["2 tasks of others were seen and left alone"]


def test_a_task_whose_marks_were_not_taken_is_noted() -> None:
    # Given
    teller = Teller()
    teller.submit("r-9")
    teller.record("r-9", "FAILURE", error="MarkNotWritten: ConnectionRefusedError")
    teller.end()

    # When
    verdict = judged(teller.lines)

    # Then
    assert verdict.holds
    assert verdict.notes == ["1 tasks failed because the store of marks did not take their marks"]


def test_a_history_that_was_not_read_back_proves_nothing() -> None:
    assert broken(judged(without(good(), Complete)))["complete"] == {"r"}


def test_a_run_in_which_nothing_was_accepted_proves_nothing() -> None:
    teller = Teller()
    teller.end()
    assert broken(judged(teller.lines)) == {"complete": {"r"}}


def test_a_verdict_is_the_same_after_it_was_saved() -> None:
    verdict = judged(good())
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict


def test_what_a_reader_should_know_is_noted() -> None:
    # Given a task of somebody else's, one that was given up, and a torn line
    teller = Teller()
    teller.submit("r-8", task="words", args=["a"])
    teller.record("r-8", result={"a": 1}, task="words")
    teller.submit("r-9")
    teller.run("r-9", whole=False)
    teller.record("r-9", "FAILURE", error="WorkerDied: 1 times", crashes=1)
    teller.end()

    # When
    verdict = verify(history_of(teller.lines, torn=["history.ndjson:7"]))

    # Then
    assert verdict.holds
    assert verdict.notes == [
        "1 tasks were given up after their workers had died under them too often",
        "results not judged, of tasks that are not the load test's: words",
        "torn by the death of their writers: history.ndjson:7",
    ]
