"""A queue's last hour as a small picture."""

from longshore.event_types import Interval
from longshore_api.web.sparkline import HEIGHT, WIDTH, sparkline


def _interval(waiting: int, ended: int) -> Interval[str]:
    return Interval("2026-11-21T12:00:00.000Z", 15.0, 0, ended, 0, 0, 0, waiting, 0)


def test_it_spans_the_box_with_its_highest_point_at_the_top() -> None:
    # When
    line = sparkline([_interval(0, 0), _interval(10, 150), _interval(5, 30)])

    # Then
    assert line.rate == f"0.0,{HEIGHT}.0 {WIDTH / 2},2.0 {WIDTH}.0,22.8"
    assert line.depth.startswith(f"0,{HEIGHT} ")
    assert line.depth.endswith(f" {WIDTH},{HEIGHT}")
    assert line.words == "last hour: 10 waiting and 10.0 ended a second at the most"


def test_without_a_past_there_is_no_line() -> None:
    assert sparkline([]).rate == sparkline([_interval(1, 1)]).depth == ""
