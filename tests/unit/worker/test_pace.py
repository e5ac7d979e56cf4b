"""How many tasks go into one job, and how many copies are fetched."""

import pytest

from longshore_worker.pace import JOB_SECONDS, MOST_IN_JOB, Pace
from longshore_worker.prefetch import wanted


def test_one_slow_run_among_thousands_changes_little() -> None:
    # Given
    pace = Pace()
    for _ in range(100):
        pace.observe("add", 0.00002)

    # When
    pace.observe("add", 30.0)

    # Then
    assert pace.cost("add") < JOB_SECONDS / 10
    assert pace.is_short("add")


def test_a_task_that_has_become_slow_is_soon_known_as_such() -> None:
    # Given
    pace = Pace()
    for _ in range(100):
        pace.observe("add", 0.00002)

    # When
    for _ in range(15):
        pace.observe("add", 1.0)

    # Then
    assert not pace.is_short("add")
    assert not pace.is_brief("add")


def test_nothing_is_expected_of_a_task_that_was_never_seen() -> None:
    # Given
    pace = Pace()

    # Then
    assert pace.usual("add") is None
    assert not pace.is_short("add")
    assert not pace.is_brief("add")


def test_no_job_is_larger_than_the_board_allows() -> None:
    # Given
    pace = Pace()

    # When
    pace.observe("add", 0.0)

    # Then
    assert JOB_SECONDS / pace.cost("add") == pytest.approx(MOST_IN_JOB)


@pytest.mark.parametrize(
    ("usual", "copies"),
    [(None, 1), (30.0, 1), (0.5, 2), (0.03, 4), (0.002, 16), (0.00002, 128)],
)
def test_the_quicker_a_task_the_more_of_it_is_fetched(usual: float | None, copies: int) -> None:
    assert wanted(usual) == copies
