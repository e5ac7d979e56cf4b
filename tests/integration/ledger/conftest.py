"""Fixtures: a ledger whose clock the test turns, and those who act on it."""

from collections.abc import Iterator

import pytest
import redis

from longshore.ledger import Ledger
from tests.integration.ledger import clock as clocks
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.soundness import problems


@pytest.fixture
def clock(ledger_url: str) -> Iterator[Clock]:
    """The ledger's time; it stands still until it is turned."""
    with redis.Redis.from_url(ledger_url) as server:
        yield Clock(server)


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    """An empty ledger on that clock. Whatever the test did to it, it must be sound in the end."""
    opened = Ledger.open(ledger_url, replaced={"clock": clocks.LUA})
    yield opened
    assert problems(opened.connection.redis) == []
    opened.close()


@pytest.fixture
def harbour(ledger: Ledger, clock: Clock) -> Harbour:
    """The ledger and all who act on it."""
    return Harbour(ledger, clock)


@pytest.fixture
def relay(harbour: Harbour) -> Relay:
    """A relay."""
    return harbour.relay


@pytest.fixture
def worker(harbour: Harbour) -> Worker:
    """A worker that has not beaten yet."""
    return harbour.worker


@pytest.fixture
def other(harbour: Harbour) -> Worker:
    """Another worker."""
    return harbour.other
