"""Which events a client wants."""

import pytest

from longshore_api.events.filter import Filter, News

from .happening import event

EVENTS = [
    event(1, "a"),
    event(2, "file.0", "STARTED", "q", "divide"),
    event(3, "file.1", "PENDING", "other"),
    event(4, "file.x"),
    event(5, "other-file.0", "SUCCESS"),
]


@pytest.mark.parametrize(
    ("filter", "wanted"),
    [
        (Filter(id="a"), [1]),
        (Filter(batch="file"), [2, 3]),
        (Filter(queue="q"), [1, 2, 4, 5]),
        (Filter(task="add"), [1, 3, 4, 5]),
        (Filter(state="PENDING"), [1, 3, 4]),
        (Filter(batch="file", state="PENDING"), [3]),
        (Filter(queue="q", task="add", state="PENDING"), [1, 4]),
        (Filter(id="a", queue="other"), []),
        (Filter(id="nobody"), []),
    ],
)
def test_all_that_is_given_must_match(filter: Filter, wanted: list[int]) -> None:
    # When
    found = News(EVENTS).wanted(filter)

    # Then
    assert [int(each.id.partition("-")[2]) for each in found] == wanted
    assert found == [each for each in EVENTS if filter.matches(each)]


def test_nothing_given_is_no_filter() -> None:
    assert not Filter()
    assert Filter(id="a")
