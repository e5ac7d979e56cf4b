"""Waiting on conditions."""

from collections.abc import Iterator

import pytest

from tests.services.waiting import eventually, steadily


@pytest.fixture
def values() -> Iterator[int]:
    """What a condition gives, look by look."""
    return iter([0, 0, 7, 0])


def test_the_first_true_value_is_returned(values: Iterator[int]) -> None:
    assert eventually(lambda: next(values), every=0.001) == 7


def test_a_condition_that_never_holds_fails_with_the_last_value_seen() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.01 s; last seen: \[\]"):
        eventually(list[int], within=0.01, every=0.001)


def test_a_failing_assertion_is_a_condition_that_does_not_hold_yet(values: Iterator[int]) -> None:
    # Given
    def seven() -> bool:
        assert next(values) == 7
        return True

    # Then
    assert eventually(seven, every=0.001)


def test_what_must_hold_on_fails_at_the_first_look_at_which_it_does_not() -> None:
    # Given
    looks = iter([True, True, False])

    # Then
    with pytest.raises(AssertionError, match="held for 2 looks"):
        steadily(lambda: next(looks), during=1, every=0.001)
