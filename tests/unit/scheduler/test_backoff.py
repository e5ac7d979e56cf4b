"""Pauses between attempts."""

import random

import pytest

from longshore_scheduler.backoff import Backoff


def test_pauses_double_up_to_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given no chance
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
    pauses = Backoff()

    # When it fails again and again / Then pauses double up to a limit
    assert [pauses.next() for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]

    # And when it has worked once, they begin anew
    pauses.reset()
    assert pauses.next() == 0.1


def test_chance_shortens_a_pause_by_half_at_the_most() -> None:
    # Given many first pauses
    pauses = [Backoff().next() for _ in range(200)]

    # Then they differ, between a half and the whole
    assert min(pauses) >= 0.05
    assert max(pauses) <= 0.1
    assert len(set(pauses)) > 100
