"""The figures of a report are right, whatever they are made of."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from longshore_loadtest.report.grid import Grid
from longshore_loadtest.report.noise import noise
from longshore_loadtest.report.quantile import quantile
from longshore_loadtest.report.scale import Scale, times
from longshore_loadtest.report.slope import slope
from longshore_loadtest.report.words import clock, duration, listed, many, measured, number

values = st.floats(0, 1e6)
moments = st.tuples(st.floats(0, 10_000), values)
ends = st.floats(0, 20_000)


@given(st.lists(values, min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_a_value_that_was_and_no_more_than_its_share_lies_below(
    found: list[float], share: float
) -> None:
    # When
    value = quantile(found, share)

    # Then
    assert value in found
    assert sum(one <= value for one in found) >= share * len(found) - 1e-6
    assert sum(one < value for one in found) < share * len(found) + 1e-6


@pytest.mark.parametrize(("share", "rank"), [(0.5, 10), (0.95, 19), (0.99, 20), (1.0, 20)])
def test_a_quantile_of_twenty_values_is_that_of_its_rank(share: float, rank: int) -> None:
    assert quantile([float(value) for value in range(20, 0, -1)], share) == rank


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile([], 0.5) is None


@given(ends, st.lists(moments))
def test_no_task_is_left_out_of_the_rates_and_none_is_counted_twice(
    end: float, points: list[tuple[float, float]]
) -> None:
    # Given
    grid = Grid.over(end)

    # When
    rates = grid.rates(points)

    # Then
    edges = grid.edges
    counted = sum(rate * (edges[part + 1] - edges[part]) for part, rate in enumerate(rates))
    assert math.isclose(counted, sum(much for _, much in points), rel_tol=1e-6, abs_tol=1e-6)


@given(ends)
def test_the_parts_of_a_run_cover_it_and_are_few(end: float) -> None:
    # When
    grid = Grid.over(end)

    # Then
    lengths = [after - before for before, after in zip(grid.edges, grid.edges[1:], strict=False)]
    assert grid.edges[0] == 0
    assert grid.edges[-1] == max(end, 1)
    assert len(lengths) <= 240
    assert all(0.49 * grid.width <= length <= 1.51 * grid.width for length in lengths)


def test_a_sample_holds_for_some_seconds_and_then_nothing_is_known() -> None:
    # When
    found = Grid.over(12).lasts([(0.5, 3.0), (9.5, 2.0)])

    # Then
    assert found == [*[3.0] * 6, None, None, None, 2.0, 2.0, 2.0]


@given(st.floats(-1e5, 1e5), st.floats(-1e9, 1e9), st.integers(3, 50), st.floats(0.1, 100))
def test_the_slope_of_a_straight_line_is_its_own(gain: float, start: float, count: int, every: float) -> None:
    # When
    found = slope([(place * every, start + gain * place * every) for place in range(count)])

    # Then
    assert found
    assert math.isclose(found.a_second, gain, rel_tol=1e-6, abs_tol=1e-3)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(-1000, 1000)), min_size=3, max_size=30))
def test_no_other_line_leaves_smaller_squares(points: list[tuple[int, int]]) -> None:
    # Given
    found = slope([(float(at), float(value)) for at, value in points])
    assume(found is not None)
    assert found

    # When
    def left(gain: float) -> float:
        rests = [value - gain * at for at, value in points]
        mean = sum(rests) / len(rests)
        return sum((rest - mean) ** 2 for rest in rests)

    # Then
    assert left(found.a_second) <= left(found.a_second + 0.01) + 1e-3
    assert left(found.a_second) <= left(found.a_second - 0.01) + 1e-3


def test_two_moments_and_one_moment_many_times_have_no_slope() -> None:
    assert slope([(0, 1), (1, 2)]) is None
    assert slope([(5, 1), (5, 2), (5, 3)]) is None


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(-1e8, 1e8)), min_size=1, max_size=8))
def test_lives_that_begin_anew_have_the_slope_they_share(lives: list[tuple[float, float]]) -> None:
    # When: each begins at another time, with another value
    found = slope(*([(begun + at, held + 3 * at) for at in range(0, 50, 5)] for begun, held in lives))

    # Then
    assert found
    assert math.isclose(found.a_second, 3, rel_tol=1e-6)
    assert found.error < 1e-6


def test_the_error_of_a_slope_counts_a_mean_for_each_life() -> None:
    """As the formula has it: left over, by points less lives less one."""
    # When
    found = slope([(0, 0), (1, 2), (2, 1)], [(7, 5), (8, 7), (9, 6)])

    # Then
    assert found
    assert found.a_second == pytest.approx(0.5)
    assert found.error == pytest.approx(math.sqrt(3 / (6 - 2 - 1) / 4))


@given(st.lists(st.floats(-1000, 1000), min_size=3, max_size=20))
def test_the_noise_of_a_mean_is_three_times_its_standard_error(found: list[float]) -> None:
    # When
    told = noise([[value] for value in found], lambda values: sum(values) / len(values))

    # Then
    mean = sum(found) / len(found)
    variance = sum((value - mean) ** 2 for value in found) / (len(found) - 1)
    assert told is not None
    assert math.isclose(told, 3 * math.sqrt(variance / len(found)), rel_tol=1e-6, abs_tol=1e-6)


def test_two_slices_tell_no_noise() -> None:
    assert noise([[1.0], [2.0], []], max) is None


@given(st.lists(st.floats(0, 1e9), min_size=1), st.booleans())
def test_every_value_is_within_its_axis_and_higher_ones_higher(found: list[float], logarithmic: bool) -> None:
    # Given
    assume(all(value == 0 or value > 1e-9 for value in found))

    # When
    scale = Scale.around(found, "s", logarithmic=logarithmic)

    # Then
    shares = [scale.share(value) for value in sorted(found)]
    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares)
    ticks = [tick.at for tick in scale.ticks]
    assert ticks == sorted(ticks)
    assert ticks[0] == 0
    assert math.isclose(ticks[-1], 1)


@given(st.floats(1, 1e6))
def test_the_moments_beneath_a_chart_are_few_and_within_the_run(seconds: float) -> None:
    found = times(seconds)
    assert found[0] == 0
    assert found[-1] <= seconds
    assert len(found) <= 9


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"),
        (0.00317, "3.17 ms"),
        (0.9999, "1 s"),
        (4.56, "4.56 s"),
        (59.7, "1 min"),
        (125, "2 min 5 s"),
        (5400, "1 h 30 min"),
        (-2, "-2 s"),
    ],
)
def test_times_are_said_as_they_are_read(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_numbers_are_said_as_they_are_read() -> None:
    assert [number(value) for value in (0, 1234.5, 12.34, 0.1234)] == ["0", "1,234", "12.3", "0.123"]
    assert [clock(at) for at in (5, 65, 3661)] == ["0:05", "1:05", "1:01:01"]
    assert [measured(2.5e6, unit) for unit in ("B", "B/h")] == ["2.5 MB", "2.5 MB/h"]
    assert [many(count, "task") for count in (1, 2000)] == ["1 task", "2,000 tasks"]
    assert [listed(names) for names in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b and c"]
