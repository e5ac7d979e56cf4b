"""Whether anything began while the queue was paused."""

import pytest

from longshore_loadtest.history.record import Call, Fault, Invoke, Line, Mark, Ok
from longshore_loadtest.marks.answers import MARK, QUEUE
from longshore_loadtest.verify.finding import Finding
from tests.loadtest.judging import judged

pytestmark = pytest.mark.loadtest


def _told(*more: Line, begins: float) -> Finding:
    """A pause from 10 s to 20 s, and a task that begins at some time."""
    lines: list[Line] = [
        Invoke(at=1.0, op=1, process="p", action="submit", calls=[Call(id="r-1", task=MARK, args=[1, 0])]),
        Ok(at=1.1, op=1, status=202),
        Invoke(at=9.9, op=2, process="o", action="pause", queue=QUEUE),
        Ok(at=10.0, op=2, status=204),
        Invoke(at=20.0, op=3, process="o", action="resume", queue=QUEUE),
        Ok(at=20.1, op=3, status=204),
        Mark(at=begins, event="begun", id="r-1", token="a", value=1),
        *more,
    ]
    return judged(lines).finding("paused")


@pytest.mark.parametrize(("begins", "problems"), [(9.0, 0), (11.0, 0), (12.0, 1), (19.9, 1), (20.1, 0)])
def test_what_begins_in_a_pause_is_a_problem(begins: float, problems: int) -> None:
    # When
    finding = _told(begins=begins)

    # Then what was on its way to a child may still begin
    assert finding.looked_at == 1
    assert len(finding.problems) == problems


def test_a_resume_that_may_have_been_done_ends_the_pause() -> None:
    # Given another operator's, which nobody knows of whether it was done
    other = Invoke(at=10.0, op=4, process="o2", action="resume", queue=QUEUE)

    # Then
    assert _told(other, begins=15.0).looked_at == 0


@pytest.mark.parametrize(
    ("name", "target", "judged"),
    [
        ("freeze", "worker", False),
        ("kill-process", "redis", False),
        ("kill-process", "worker", True),
        ("kill-forced", "api", True),
    ],
)
def test_a_fault_excuses_if_it_delays_a_worker_or_costs_the_ledger_its_last_second(
    name: str, target: str, judged: bool
) -> None:
    # Given
    fault = [
        Fault(at=8.0, name=name, target=target, phase="begun"),
        Fault(at=14.0, name=name, target=target, phase="ended"),
        Fault(at=14.5, name=name, target=target, phase="healed"),
    ]

    # When
    finding = _told(*fault, begins=14.0)

    # Then
    assert (finding.looked_at, len(finding.problems)) == ((1, 1) if judged else (0, 0))
