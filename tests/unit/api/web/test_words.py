"""How templates write numbers, times and JSON."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from longshore_api.web import words


def _before(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.5, "just now"),
        (-0.5, "just now"),
        (12.5, "12 s ago"),
        (200, "3 min ago"),
        (7300, "2 h ago"),
        (200_000, "2 d ago"),
        (-90.5, "in 1 min"),
    ],
)
def test_a_time_is_told_from_now(seconds: float, told: str) -> None:
    assert words.ago(_before(seconds)) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (3600, "1 h"),
        (277_200, "3 d 5 h"),
    ],
)
def test_a_span_has_two_parts_at_the_most(seconds: float, told: str) -> None:
    assert words.span(seconds) == told


@pytest.mark.parametrize(
    ("rate", "told"), [(0, "0"), (0.04, "0.0"), (2.46, "2.5"), (10, "10"), (1239.6, "1,240")]
)
def test_a_rate_has_three_figures_at_the_most_below_a_thousand(rate: float, told: str) -> None:
    assert words.rate(rate) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 ms"), (0.0031, "3 ms"), (1.24, "1.2 s"), (0.9996, "1.0 s"), (240, "4 min")]
)
def test_a_duration_has_the_unit_that_fits(seconds: float, told: str) -> None:
    assert words.duration(seconds) == told


def test_short_json_is_on_one_line_and_long_json_on_several() -> None:
    # When
    short, long = words.pretty(msgspec.Raw(b"[9,0]")), words.pretty({"text": "x" * 100})

    # Then
    assert short == "[9, 0]"
    assert long.splitlines() == ["{", f'  "text": "{"x" * 100}"', "}"]


def test_times_within_a_text_are_marked_and_the_rest_is_escaped() -> None:
    # When
    text = words.timed("paused since 2026-11-21T12:03:04.125Z by <ops>.")

    # Then
    assert text == (
        'paused since <time datetime="2026-11-21T12:03:04.125Z" title="2026-11-21 12:03:04.125 UTC"'
        " data-clock>12:03:04 UTC</time> by &lt;ops&gt;."
    )
