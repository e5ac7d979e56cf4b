"""Quantiles out of histograms."""

import pytest

from longshore.event_types import Quantiles
from longshore_api.events.quantiles import quantiles


def test_where_nothing_was_observed_there_are_none() -> None:
    assert quantiles({}, {}) is None
    assert quantiles({8: 5}, {8: 5}) is None


def test_what_was_observed_before_does_not_count() -> None:
    assert quantiles({1: 100, 1024: 110}, {1: 100, 1024: 10}) == quantiles({1024: 100}, {})


def test_within_a_bucket_it_is_spread_evenly() -> None:
    assert quantiles({1024: 100}, {}) == Quantiles(p50=0.768, p95=0.9984, p99=1.0189)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ({1: 10, 64: 10}, (0.001, 0.0608, 0.0634)),
        ({1: 990, 2048: 10}, (0.0005, 0.001, 0.001)),
        ({4: 1}, (0.003, 0.0039, 0.004)),
    ],
)
def test_quantiles_lie_in_the_bucket_that_holds_them(
    observed: dict[int, int], expected: tuple[float, float, float]
) -> None:
    assert quantiles(observed, {}) == Quantiles(*expected)


def test_a_histogram_that_was_counted_back_is_no_trouble() -> None:
    assert quantiles({8: 1, 16: 5}, {8: 3, 16: 0}) is not None
