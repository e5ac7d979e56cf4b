"""Attempts to sign in are slowed after failures, of a peer and of all; memory is bounded."""

from contextlib import ExitStack

import pytest

from longshore.errors import LedgerUnavailable
from longshore_api.auth.attempts import Attempts
from longshore_api.errors import TooManyAttempts


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _fail(attempts: Attempts, peer: str, times: int) -> int:
    """How many of so many attempts were let through, to fail."""
    let_through = 0
    for _ in range(times):
        try:
            with attempts.attempt(peer):
                let_through += 1
        except TooManyAttempts:
            pass
    return let_through


def test_a_peer_fails_ten_times_and_then_once_in_six_seconds() -> None:
    # Given
    clock = Clock()
    attempts = Attempts(clock)

    # When
    at_once = _fail(attempts, "10.0.0.1", 50)
    clock.now += 60
    later = _fail(attempts, "10.0.0.1", 50)

    # Then
    assert (at_once, later) == (10, 10)
    with pytest.raises(TooManyAttempts) as refused, attempts.attempt("10.0.0.1"):
        pass
    assert refused.value.retry_after == 6


def test_who_has_many_addresses_is_slowed_too() -> None:
    # Given
    attempts = Attempts(Clock())

    # When
    let_through = sum(_fail(attempts, f"10.0.{n}.1", 10) for n in range(200))

    # Then
    assert let_through == 100


def test_a_network_of_ipv6_is_one_peer() -> None:
    attempts = Attempts(Clock())

    assert sum(_fail(attempts, f"2001:db8::{n}", 5) for n in range(10)) == 10


def test_what_succeeds_or_cannot_be_looked_up_is_no_failure() -> None:
    # Given
    attempts = Attempts(Clock())

    # When
    for _ in range(50):
        with attempts.attempt("10.0.0.1") as spare:
            spare()
        with pytest.raises(LedgerUnavailable), attempts.attempt("10.0.0.1"):
            raise LedgerUnavailable(url="redis://", reason="gone")

    # Then
    assert _fail(attempts, "10.0.0.1", 50) == 10


def test_attempts_at_once_are_counted_before_they_fail() -> None:
    # Given ten that are being looked up
    attempts = Attempts(Clock())
    with ExitStack() as at_once:
        for _ in range(10):
            at_once.enter_context(attempts.attempt("10.0.0.1"))

        # Then
        with pytest.raises(TooManyAttempts), attempts.attempt("10.0.0.1"):
            pass


def test_peers_without_number_take_no_more_memory() -> None:
    # Given
    clock = Clock()
    attempts = Attempts(clock)

    # When
    for n in range(10_500):
        clock.now += 1
        _fail(attempts, f"10.{n >> 8}.{n & 255}.1", 1)

    # Then
    assert len(attempts) == 10_000
