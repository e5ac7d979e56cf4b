"""The server's clock is set back, or leaps: the ledger's time goes on."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.times import now_us
from tests.integration.ledger.actors import Harness
from tests.integration.ledger.clock import KEY, Clock

HOUR = 3600
_SERVER_TIME = f"(function() local us = tonumber(redis.call('GET', '{KEY}')) return {{ 0, us }} end)()"


@pytest.fixture
def harness(ledger_url: str, clock: Clock) -> Iterator[Harness]:
    """A ledger on the clock of production, on a server whose own clock the test turns."""
    text = (files("longshore_ledger") / "lua" / "include" / "clock.lua").read_text("utf-8")
    assert "redis.call('TIME')" in text
    ledger = Ledger.open(ledger_url, replaced={"clock": text.replace("redis.call('TIME')", _SERVER_TIME)})
    yield Harness(ledger, clock)
    ledger.close()


@pytest.mark.parametrize("seconds", [-HOUR, -24 * HOUR, -2])
def test_a_retry_does_not_wait_for_a_clock_that_was_set_back(harness: Harness, seconds: int) -> None:
    # Given
    harness.started("a", retries=1, backoff=10.0)
    harness.worker.fail("a")
    assert harness.state("a") == "RETRY"

    # When
    harness.clock.jump(seconds)
    harness.pass_seconds(24)

    # Then
    assert harness.ledger.outbox.move_due() == 1


def test_a_lease_does_not_wait_for_a_clock_that_was_set_back(harness: Harness) -> None:
    # Given a relay that claimed a task and died
    harness.submit("a")
    assert len(harness.relay.claim()) == 1

    # When
    harness.clock.jump(-HOUR)
    harness.pass_seconds(61)

    # Then
    assert [copy.id for copy in harness.relay.claim()] == ["a"]


def test_a_dead_worker_is_found_though_the_clock_was_set_back(harness: Harness) -> None:
    # Given
    harness.started("a")

    # When
    harness.clock.jump(-HOUR)
    reaped = harness.pass_seconds(20, harness.other)

    # Then
    assert reaped.crashes == 1
    assert harness.state("a") == "PENDING"


def test_a_living_worker_is_not_reaped_when_the_clock_is_set_back_and_right_again(harness: Harness) -> None:
    # Given
    harness.started("a")

    # When
    crashes = 0
    for seconds in (-HOUR, HOUR, -HOUR):
        harness.clock.jump(seconds)
        crashes += harness.pass_seconds(10, harness.worker).crashes

    # Then
    assert crashes == 0
    assert harness.worker.succeed("a") is True


def test_what_looks_at_the_time_only_changes_nothing(harness: Harness) -> None:
    # Given
    server = harness.ledger.connection.redis
    kept = server.get(f"{PREFIX}:clock")

    # When
    harness.clock.advance(5)
    before = now_us(harness.ledger.connection)
    harness.clock.jump(-HOUR)
    after = now_us(harness.ledger.connection)

    # Then
    assert server.get(f"{PREFIX}:clock") == kept
    assert before - after <= 5_000_000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turns=st.lists(
        st.one_of(
            st.floats(0, 2),
            st.floats(-10 * HOUR, HOUR),
        ),
        max_size=30,
    )
)
def test_the_ledgers_time_never_goes_back_and_is_right_again_in_the_end(
    harness: Harness, turns: list[float]
) -> None:
    # Given
    connection = harness.ledger.connection
    harness.ledger.maintenance.reap()
    last = now_us(connection)

    # When
    for seconds in turns:
        harness.clock.jump(seconds)
        harness.ledger.maintenance.reap()  # any script that writes
        now = now_us(connection)
        assert now >= last - 100_000
        assert now >= harness.clock.us
        last = now

    # Then it has caught up after twice what it was behind
    harness.clock.advance(2 * (last - harness.clock.us) / 1e6 + 1)
    assert now_us(connection) == harness.clock.us
