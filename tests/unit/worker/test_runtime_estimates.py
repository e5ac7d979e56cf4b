"""How many tasks go into one job, and how many copies are fetched."""

import pytest

from longshore_worker.celery_adapter.prefetch import wanted
from longshore_worker.dispatch.runtime_estimates import JOB_SECONDS, MOST_IN_JOB, RuntimeEstimates


def test_one_slow_run_among_thousands_changes_little() -> None:
    # Given
    estimates = RuntimeEstimates()
    for _ in range(100):
        estimates.observe("add", 0.00002)

    # When
    estimates.observe("add", 30.0)

    # Then
    assert estimates.cost("add") < JOB_SECONDS / 10
    assert estimates.is_short("add")


def test_a_task_that_has_become_slow_is_soon_known_as_such() -> None:
    # Given
    estimates = RuntimeEstimates()
    for _ in range(100):
        estimates.observe("add", 0.00002)

    # When
    for _ in range(15):
        estimates.observe("add", 1.0)

    # Then
    assert not estimates.is_short("add")
    assert not estimates.is_brief("add")


def test_nothing_is_expected_of_a_task_that_was_never_seen() -> None:
    # Given
    estimates = RuntimeEstimates()

    # Then
    assert estimates.usual("add") is None
    assert not estimates.is_short("add")
    assert not estimates.is_brief("add")


def test_no_job_is_larger_than_its_result_slot_allows() -> None:
    # Given
    estimates = RuntimeEstimates()

    # When
    estimates.observe("add", 0.0)

    # Then
    assert JOB_SECONDS / estimates.cost("add") == pytest.approx(MOST_IN_JOB)


@pytest.mark.parametrize(
    ("usual", "copies"),
    [(None, 1), (30.0, 1), (0.5, 2), (0.03, 4), (0.002, 16), (0.00002, 128)],
)
def test_the_quicker_a_task_the_more_of_it_is_fetched(usual: float | None, copies: int) -> None:
    assert wanted(usual) == copies
