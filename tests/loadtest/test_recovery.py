"""What each fault did to the flow of work is told in seconds."""

import pytest

from longshore_loadtest.history.record import Fault, Invoke, Line, Mark, Sample
from longshore_loadtest.verify import Recovery
from longshore_loadtest.verify.recovery import recoveries, spans
from longshore_loadtest.verify.seen import sort
from tests.loadtest.telling import history_of

DONE = [1.0, 2.0, 3.0, 7.0, 9.5, 10.0]


def _recoveries(*faults: Line, backlog: dict[float, int] | None = None) -> list[Recovery]:
    marks = [Mark(at=at, event="ended", id=f"r-{at}", token=str(at)) for at in DONE]
    samples = [Sample(at=at, backlog=waiting) for at, waiting in (backlog or {}).items()]
    return recoveries(sort(history_of([*marks, *samples, *faults])))


def _fault(at: float, phase: str, name: str = "kill", target: str = "worker-1") -> Fault:
    return Fault(at=at, name=name, target=target, phase=phase)  # type: ignore[arg-type]


def test_a_fault_is_told_with_its_pause_and_the_first_success_after_it() -> None:
    # When
    (one,) = _recoveries(_fault(2.5, "begun"), _fault(2.6, "ended"), _fault(8.0, "healed"))

    # Then
    assert (one.fault, one.target, one.begun_at, one.healed_at) == ("kill", "worker-1", 2.5, 8.0)
    assert one.longest_pause == 4.0
    assert one.first_success_after == 1.5
    assert one.drained_after is None


def test_the_backlog_is_drained_when_no_more_waits_than_before() -> None:
    # Given
    backlog = {1.0: 5, 2.0: 10, 6.0: 400, 8.5: 90, 9.0: 10, 9.5: 0}

    # When
    (one,) = _recoveries(_fault(2.5, "begun"), _fault(8.0, "healed"), backlog=backlog)

    # Then
    assert one.drained_after == 1.0


def test_nothing_was_done_after_a_fault() -> None:
    (one,) = _recoveries(_fault(2.5, "begun"), _fault(11.0, "healed"))
    assert (one.first_success_after, one.longest_pause) == (None, None)


def test_a_fault_that_was_never_healed_has_no_recovery() -> None:
    (one,) = _recoveries(_fault(2.5, "begun"))
    assert (one.healed_at, one.first_success_after, one.drained_after) == (None, None, None)


def test_what_was_skipped_was_no_fault() -> None:
    assert _recoveries(_fault(2.5, "skipped")) == []


def test_what_could_not_be_begun_was_no_fault_but_the_time_is_disturbed() -> None:
    # Given
    lines = [_fault(2.5, "begun"), _fault(3.5, "failed")]

    # Then
    assert _recoveries(*lines) == []
    assert [(span.begun, span.over) for span in spans(sort(history_of(lines)))] == [(2.5, 3.5)]


def test_what_was_given_up_is_not_healed() -> None:
    # When
    (one,) = _recoveries(_fault(2.5, "begun"), _fault(2.6, "ended"), _fault(8.0, "given-up"))

    # Then
    assert (one.healed_at, one.first_success_after, one.drained_after) == (None, None, None)
    assert one.longest_pause == 4.0


def test_a_fault_that_is_never_over_has_the_longest_pause_of_all_that_follows() -> None:
    assert [one.longest_pause for one in _recoveries(_fault(2.5, "begun"))] == [4.0]
    assert [one.longest_pause for one in _recoveries(_fault(10.5, "begun"))] == [None]


def test_a_fault_that_begins_again_before_it_is_over_is_two() -> None:
    # When
    first, second = _recoveries(_fault(1.5, "begun"), _fault(2.5, "begun"), _fault(8.0, "healed"))

    # Then
    assert (first.begun_at, first.healed_at) == (1.5, None)
    assert (second.begun_at, second.healed_at) == (2.5, 8.0)


def test_faults_at_the_same_time_are_told_apart() -> None:
    # When
    first, second = _recoveries(
        _fault(1.5, "begun"),
        _fault(2.5, "begun", target="worker-2"),
        _fault(6.0, "healed", target="worker-2"),
        _fault(9.0, "healed"),
    )

    # Then
    assert (first.target, first.healed_at) == ("worker-1", 9.0)
    assert (second.target, second.healed_at) == ("worker-2", 6.0)


def _rate_kept(
    begun: float, healed: float, slow: float, asked: float = 100.0, before: tuple[float, float] | None = None
) -> float | None:
    """Of ten completions a second, which become two while it is `slow`, from 50 s on.

    `before`: when another fault begins and is over.
    """
    done = [at / 10 for at in range(1000) if not (50 <= at / 10 < 50 + slow and at % 5)]
    marks = [Mark(at=at, event="ended", id=f"r-{at}", token=str(at)) for at in done]
    marks += [Mark(at=at, event="ended", id="r-b1", line=at, token=f"l{at}") for at in range(50, 60)]
    last = Invoke(at=asked, op=1, process="p", action="read")
    faults = [_fault(begun, "begun"), _fault(healed, "healed")]
    for at, phase in zip(before or (), ("begun", "healed"), strict=False):
        faults.append(_fault(at, phase, "freeze"))
    return recoveries(sort(history_of([*marks, last, *faults])))[-1].rate_kept


def test_the_rate_that_is_kept_is_that_of_before() -> None:
    assert _rate_kept(50, 60, slow=10) == pytest.approx(0.2)
    assert _rate_kept(50, 60, slow=5) == pytest.approx(0.6)
    assert _rate_kept(20, 30, slow=10) == pytest.approx(1.0)


def test_a_moments_fault_is_looked_at_for_five_seconds() -> None:
    assert _rate_kept(50, 50.1, slow=1) == pytest.approx(0.84)


def test_the_rate_of_before_is_not_that_of_the_last_fault() -> None:
    assert _rate_kept(70, 75, slow=10) == pytest.approx(10 / (220 / 30), rel=0.01)
    assert _rate_kept(70, 75, slow=10, before=(50, 60)) == pytest.approx(1.0)
    assert _rate_kept(70, 75, slow=10, before=(50, 66)) is None


def test_no_rate_is_kept_where_too_little_is_known() -> None:
    assert _rate_kept(3, 10, slow=1) is None
    assert _rate_kept(50, 60, slow=1, asked=53) is None
