"""Who comes first is overtaken by no more than what is under way already."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longshore_loadtest.history.record import Call, Fault, Invoke, Line, Mark, Ok, Record, Sample
from longshore_loadtest.marks.answers import MARK, QUEUE, answer
from longshore_loadtest.verify import verify
from longshore_loadtest.verify.order import _overtaken
from longshore_loadtest.verify.seen import sort
from tests.loadtest.telling import Teller, history_of

WINDOW = 500
WORKERS = 2


def _task(number: int, submitted: float, begun: float, priority: int = 4, **call: float) -> list[Line]:
    id = f"r-{number}"
    asked = Call(id=id, task=MARK, args=[7, 0], priority=priority, **call)  # type: ignore[arg-type]
    return [
        Invoke(at=submitted, op=number, process="p", action="submit", calls=[asked]),
        Ok(at=submitted + 0.001, op=number, status=202),
        Mark(at=begun, event="begun", id=id, token=id),
        Mark(at=begun + 0.001, event="ended", id=id, token=id),
        Record(
            at=9999,
            id=id,
            state="SUCCESS",
            queue=QUEUE,
            deliveries=1,
            priority=priority,
            result=answer(MARK, [7]),
        ),
    ]


def _overtaken_by(others: int, **call: float) -> list[Line]:
    """A task of priority 9 that waits while so many of priority 4, all submitted before it, begin."""
    teller = Teller(at=10_000)
    teller.end()
    lines = [line for n in range(others) for line in _task(n, 1, 200 + n * 0.01)]
    first = _task(others, submitted=100, begun=9000, priority=9, **call)
    return [*lines, *first, Sample(at=1, workers=WORKERS), *teller.lines]


ALLOWED = WINDOW + 250


def test_a_task_may_be_overtaken_by_what_is_under_way() -> None:
    verdict = verify(history_of(_overtaken_by(ALLOWED), window=WINDOW))
    assert verdict.holds
    assert verdict.finding("order").looked_at == ALLOWED + 1


def test_a_task_that_is_overtaken_by_more_breaks_the_order() -> None:
    verdict = verify(history_of(_overtaken_by(ALLOWED + 1), window=WINDOW))
    assert {problem.id for problem in verdict.finding("order").problems} == {f"r-{ALLOWED + 1}"}


@pytest.mark.parametrize("end", ["healed", "given-up", "failed"])
def test_a_task_is_not_judged_for_what_happened_while_something_was_broken(end: str) -> None:
    # Given
    lines = _overtaken_by(ALLOWED + 1)
    fault = [
        Fault(at=at, name="kill", target="broker", phase=phase)  # type: ignore[arg-type]
        for at, phase in ((300.0, "begun"), (301.0, "ended"), (310.0, end))
    ]

    # Then
    assert not verify(history_of(lines, window=WINDOW)).holds
    assert verify(history_of([*lines, *fault], window=WINDOW)).holds


def test_a_task_that_is_to_wait_may_be_overtaken() -> None:
    assert verify(history_of(_overtaken_by(ALLOWED + 1, delay=60.0), window=WINDOW)).holds


def test_of_the_same_priority_only_younger_ones_overtake() -> None:
    # Given
    teller = Teller(at=10_000)
    teller.end()
    older = [line for n in range(ALLOWED + 1) for line in _task(n, 1, 200 + n * 0.01)]
    younger = [line for n in range(ALLOWED + 1) for line in _task(n, 101 + n * 0.01, 200 + n * 0.01)]
    one = _task(ALLOWED + 1, submitted=100, begun=9000)

    # Then
    assert verify(history_of([*older, *one, Sample(at=1, workers=2), *teller.lines], window=WINDOW)).holds
    verdict = verify(history_of([*younger, *one, Sample(at=1, workers=2), *teller.lines], window=WINDOW))
    assert {problem.id for problem in verdict.finding("order").problems} == {f"r-{ALLOWED + 1}"}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(3, 5)), min_size=1, max_size=12)
)
def test_the_tree_counts_what_comparing_each_with_each_counts(tasks: list[tuple[int, int, int]]) -> None:
    # Given
    times = [(s, s + 1 + wait + 0.5 + n * 0.001, p) for n, (s, wait, p) in enumerate(tasks)]
    lines = [line for n, (s, begun, p) in enumerate(times) for line in _task(n, s, begun, p)]
    task_histories = list(sort(history_of(lines)).tasks.values())

    # When
    counted = {task_history.id: count for task_history, count in _overtaken(task_histories)}

    # Then
    assert counted == {
        f"r-{n}": sum(
            other_begun < begun
            and ((other_p < p and other_begun > s + 0.001) or (other_p == p and other_s >= s + 0.001))
            for other_s, other_begun, other_p in times
        )
        for n, (s, begun, p) in enumerate(times)
    }
