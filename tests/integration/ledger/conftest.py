"""Fixtures: a ledger whose clock the test turns, and those who act on it."""

from collections.abc import Iterator

import pytest
import redis

from longshore_ledger import Ledger
from tests.integration.ledger import clock as clocks
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.soundness import problems
from tests.services.ledger_users import LedgerUsers

_OF_SCHEDULER = {"outbox", "maintenance", "demand", "history", "metrics"}
_OF_WORKER = {"runs", "catalogue"}
"""Parts of the ledger by whose work they are; all others are the API's."""


@pytest.fixture
def clock(ledger_url: str) -> Iterator[Clock]:
    """The ledger's time; it stands still until it is turned."""
    with redis.Redis.from_url(ledger_url) as server:
        yield Clock(server)


@pytest.fixture
def ledger(ledger_url: str, ledger_users: LedgerUsers, clock: Clock) -> Iterator[Ledger]:
    """An empty ledger on that clock. Whatever the test did to it, it must be sound in the end.

    Each of its parts is the user that it is in production, so that no script asks for more than it may.
    The connection itself is an administrator's.
    """
    opened, api, scheduler, worker = (
        Ledger.open(url, replaced={"clock": clocks.LUA})
        for url in (ledger_url, ledger_users.api, ledger_users.scheduler, ledger_users.worker)
    )
    for name in vars(opened):
        if name != "connection":
            whose = scheduler if name in _OF_SCHEDULER else worker if name in _OF_WORKER else api
            setattr(opened, name, getattr(whose, name))
    yield opened
    assert problems(opened.connection) == []
    for one in (opened, api, scheduler, worker):
        one.close()


@pytest.fixture
def plain_ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    """The same with one connection for all parts, for tests of the connection itself."""
    opened = Ledger.open(ledger_url, replaced={"clock": clocks.LUA})
    yield opened
    assert problems(opened.connection) == []
    opened.close()


@pytest.fixture
def harness(ledger: Ledger, clock: Clock) -> Harness:
    """The ledger and all who act on it."""
    return Harness(ledger, clock)


@pytest.fixture
def relay(harness: Harness) -> Relay:
    """A relay."""
    return harness.relay


@pytest.fixture
def worker(harness: Harness) -> Worker:
    """A worker that has not beaten yet."""
    return harness.worker


@pytest.fixture
def other(harness: Harness) -> Worker:
    """Another worker."""
    return harness.other
