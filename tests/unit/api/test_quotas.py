"""What one key may ask of one API process."""

import pytest

from longshore.settings import Settings
from longshore_api.errors import TooMuch
from longshore_api.quotas import Quota, Quotas


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _refusal(quota: Quota) -> TooMuch:
    with pytest.raises(TooMuch) as caught:
        quota.begin()
    return caught.value


def test_a_key_has_so_many_requests_at_once(clock: Clock) -> None:
    # Given
    quota = Quota(Settings(key_connections=2), clock)
    quota.begin()
    quota.begin()

    # When / Then
    assert "LONGSHORE_KEY_CONNECTIONS" in _refusal(quota).detail
    quota.end()
    quota.begin()


def test_a_key_has_so_many_requests_a_second(clock: Clock) -> None:
    # Given
    quota = Quota(Settings(key_requests=10, key_connections=0), clock)
    for _ in range(20):
        quota.begin()

    # When
    error = _refusal(quota)

    # Then
    assert (error.retry_after, error.status) == (1, 429)
    assert "LONGSHORE_KEY_REQUESTS" in error.detail
    clock.now += 0.1
    quota.begin()


def test_a_large_body_is_let_through_and_paid_for_afterwards(clock: Clock) -> None:
    # Given
    quota = Quota(Settings(key_bytes=100), clock)
    quota.begin()
    quota.read(1_200)

    # When
    error = _refusal(quota)

    # Then
    assert "LONGSHORE_KEY_BYTES" in error.detail
    assert error.retry_after == 11
    clock.now += 11
    quota.begin()


def test_nothing_is_bounded_where_the_bound_is_zero(clock: Clock) -> None:
    quota = Quota(Settings(key_bytes=0, key_requests=0, key_connections=0), clock)
    for _ in range(10_000):
        quota.begin()
        quota.read(1_000_000)


def test_keys_are_counted_apart(clock: Clock) -> None:
    quotas = Quotas(Settings(key_connections=1), clock)
    quotas.of("one").begin()
    quotas.of("other").begin()
    assert _refusal(quotas.of("one"))
