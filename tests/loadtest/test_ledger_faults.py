"""What another client does to the ledger's server: it lives, answers with an error, and is restored."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import redis

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Instance
from tests.services.runner import Server
from tests.services.waiting import Eventually

pytestmark = pytest.mark.loadtest

ERRORS = {
    "ledger-busy": "BUSY",
    "ledger-noperm": "NOPERM|no permissions",
    "ledger-readonly": "READONLY|read only",
}


class Ledger:
    """A target that is a ledger and nothing else."""

    def __init__(self, url: str | None) -> None:
        self._url = url

    def lacks(self, *_: object) -> None:
        """Nothing."""

    def ledger(self) -> str:
        """Where it is."""
        if self._url is None:
            raise Impossible("nobody reaches it")
        return self._url


@pytest.fixture(params=["redis", "valkey"])
def broken(request: pytest.FixtureRequest) -> Server:
    """A server of the test's own, and the one that `longshore up` brings."""
    found: Server = request.getfixturevalue("own_redis" if request.param == "redis" else "embedded")
    return found


@pytest.fixture
def server(broken: Server) -> Iterator[Any]:
    """A client of it, as a part of Longshore is one."""
    client = redis.Redis.from_url(broken.url, socket_timeout=1.0)
    yield client
    client.close()


def _state(server: Any) -> tuple[object, ...]:
    """What the faults change of it. Valkey writes down a right that is given again, though all are there."""
    rights = [str(line).removesuffix(" +evalsha") for line in server.acl_list()]
    return server.config_get("busy-reply-threshold"), rights, server.role()[0]


def _healed(target: Any, active_fault: ActiveFault) -> bool:
    """Heal, as the monkey does: again while it does not succeed."""
    try:
        FAULTS[active_fault.fault].heal(target, active_fault)
    except Impossible:
        return False
    return True


@pytest.mark.parametrize("name", ERRORS)
def test_the_ledger_refuses_while_it_lasts_and_is_as_it_was_afterwards(
    broken: Server, server: Any, name: str, eventually: Eventually
) -> None:
    # Given
    target: Any = Ledger(broken.url)
    fault = FAULTS[name]
    digest = server.script_load("return redis.call('INCR', KEYS[1])")
    before = _state(server)
    assert fault.lacks(target, "redis") is None
    active_fault = fault.prepared(
        target, ActiveFault("w1", name, "redis", 3.0, Instance("redis", "redis", "1.1", 9.0)), Random(1)
    )

    # When
    fault.begin(target, active_fault)

    # Then
    def refuses() -> bool:
        try:
            server.evalsha(digest, 1, "counter")
        except redis.RedisError as error:
            return re.search(ERRORS[name], str(error)) is not None
        return False

    try:
        eventually(refuses)
    finally:
        eventually(lambda: _healed(target, active_fault))
        fault.heal(target, active_fault)
    assert server.evalsha(digest, 1, "counter") >= 1
    assert _state(server) == before


@pytest.mark.parametrize("name", ERRORS)
def test_a_ledger_that_nobody_reaches_is_left_alone(name: str) -> None:
    target: Any = Ledger(None)
    assert FAULTS[name].lacks(target, "redis") == "nobody reaches it"
