"""How many users there are, over the time of a run."""

import pytest

from longshore_loadtest.settings import ShapeName
from longshore_loadtest.shapes import SHAPES
from longshore_loadtest.shapes.staircase import STEPS

MOST = 40
SECONDS = 600.0


def _over_time(shape: ShapeName, most: int = MOST, seconds: float = SECONDS) -> list[int]:
    """At each thousandth of a run."""
    return [SHAPES[shape](seconds * part / 1000, most, seconds) for part in range(1000)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("most", [1, 3, MOST])
def test_there_is_always_somebody_and_never_more_than_asked_for(shape: ShapeName, most: int) -> None:
    assert {1 <= users <= most for users in _over_time(shape, most)} == {True}


@pytest.mark.parametrize("shape", ["ramp", "steady", "spike", "staircase"])
def test_all_of_them_are_there_at_some_time(shape: ShapeName) -> None:
    assert max(_over_time(shape)) == MOST


def test_a_ramp_goes_up_and_then_down() -> None:
    # When
    users = _over_time("ramp")

    # Then
    assert users[0] == 1
    assert users[:900] == sorted(users[:900])
    assert users[900:] == sorted(users[900:], reverse=True)


def test_a_staircase_has_steps_of_the_same_length() -> None:
    # When
    users = _over_time("staircase")

    # Then
    assert users == sorted(users)
    assert {users.count(step) for step in set(users)} == {1000 // STEPS}


def test_before_and_after_a_spike_the_load_is_the_same() -> None:
    # When
    users = _over_time("spike")

    # Then
    assert users[:400] == users[600:]
    assert set(users[:400]) == {MOST // 10}


def test_a_soak_goes_up_and_down_all_the_time() -> None:
    # When
    users = _over_time("soak", seconds=3600)

    # Then
    assert set(users[:500]) == set(users[500:])
    assert len(set(users)) > 1
