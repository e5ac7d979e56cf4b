"""What is told of memory is what a copy gains within its life, however often copies are killed."""

import pytest

from longshore_loadtest.history.record import Line, Sample
from longshore_loadtest.report.figures import Memory
from longshore_loadtest.report.memory import gained, rests
from tests.loadtest.reporting import kept, reported
from tests.loadtest.telling import good


def _held(lines: list[Line]) -> Memory:
    (found,) = reported([*good(), *lines]).memory
    return found


def test_memory_is_told_with_its_slope() -> None:
    # Given
    lines: list[Line] = [
        Sample(at=at, memory={"worker": {"1": 3e8 + 4e6 * at / 3600}, "api": {"2": 9e7}})
        for at in range(0, 2400, 5)
    ]

    # When
    api, worker = reported([*good(), *lines]).memory

    # Then
    assert worker.gain == pytest.approx(4e6)
    assert (api.says, worker.says) == ("flat", "grows by 4 MB an hour")
    assert api.gain == 0
    assert [gained(held) for held in (api, worker)] == ["0.0 ± 0.0", "4.0 ± 0.0"]


def test_a_short_run_claims_nothing_about_memory() -> None:
    assert {(held.says, gained(held)) for held in kept().memory} == {
        ("no copy was seen for long enough to tell", "")
    }


def test_what_was_only_said_again_makes_no_slope_surer() -> None:
    # Given
    seen: list[Line] = [Sample(at=at, memory={"api": {"1": 9e7 + at * 31 % 7}}) for at in range(0, 2400, 5)]
    again: list[Line] = [
        Sample(at=at + more, memory={"api": {"1": 9e7 + at * 31 % 7}})
        for at in range(0, 2400, 5)
        for more in range(5)
    ]

    # When
    once, often = (reported([*good(), *lines]).memory[0].error for lines in (seen, again))

    # Then
    assert often == pytest.approx(once, rel=0.02)


def test_copies_that_are_killed_and_grow_when_they_begin_are_flat() -> None:
    """A sum over these copies goes up and down by half of it."""
    # Given: lives of half an hour, each of which takes eight minutes to reach its 3e8
    lines: list[Line] = [
        Sample(
            at=at,
            memory={
                "worker": {
                    f"{name}.{(at + shift) // 1800}": 2e8 + 1e8 * min(1, (at + shift) % 1800 / 480)
                    for name, shift in (("a", 0), ("b", 810))
                    if (at + shift) % 1800 > 20
                }
            },
        )
        for at in range(0, 10800, 5)
    ]

    # When
    worker = _held(lines)

    # Then
    assert worker.says == "flat"
    assert worker.gain == pytest.approx(0, abs=1)
    assert (worker.first, worker.last, worker.most) == (3e8, 3e8, 3e8)


def test_what_grows_is_seen_through_kills_and_told_on_what_it_rests() -> None:
    # Given: six lives of half an hour, the last one too short
    lines: list[Line] = [
        Sample(
            at=at, memory={"worker": {str(at // 1800): 3e8 + (at // 1800) * 1e7 + 6e6 * (at % 1800) / 3600}}
        )
        for at in range(0, 9800, 5)
    ]

    # When
    worker = _held(lines)

    # Then
    assert worker.gain == pytest.approx(6e6)
    assert worker.says == "grows by 6 MB an hour"
    assert (worker.lives, rests(worker)) == (5, "5 lives, 1 h 40 min")


def test_redis_that_grows_by_the_tasks_it_keeps_is_told_so() -> None:
    # Given
    lines: list[Line] = [
        Sample(at=at, memory={"redis": {"1": 1e7 + 430 * at * 50}}, states={"SUCCESS": at * 50})
        for at in range(0, 2400, 5)
    ]

    # Then
    said = "grows by 77.4 MB an hour; the tasks it keeps, by 180,000 an hour: 430 bytes each"
    assert _held(lines).says == said


def test_redis_that_grows_by_nothing_that_is_kept_only_grows() -> None:
    # Given
    lines: list[Line] = [
        Sample(at=at, memory={"redis": {"1": 1e7 + 430 * at * 50}}, states={"SUCCESS": 50})
        for at in range(0, 2400, 5)
    ]

    # Then
    assert _held(lines).says == "grows by 77.4 MB an hour"
