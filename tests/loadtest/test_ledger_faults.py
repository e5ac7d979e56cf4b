"""What an administrator does to the ledger's server: it lives, answers with an error, and is restored."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis

from longshore_loadtest.targets.agent import act
from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.disruptions.ledger import Busy, Forbid, ReadOnly
from longshore_loadtest.targets.processes import Process, process
from tests.services.program import Program
from tests.services.runner import Server
from tests.services.waiting import Eventually

pytestmark = pytest.mark.loadtest

ERRORS: dict[AnyDisruption, str] = {
    Busy(): "BUSY",
    Forbid(): "NOPERM|no permissions",
    ReadOnly(): "READONLY|read only",
}


@pytest.fixture(params=["redis", "valkey"])
def broken(request: pytest.FixtureRequest) -> Server:
    """A server of the test's own, and the one that `longshore up` brings."""
    found: Server = request.getfixturevalue("own_redis" if request.param == "redis" else "embedded")
    return found


@pytest.fixture
def main(broken: Server) -> Process:
    """Its process, with the note that `longshore up` leaves beside the data."""
    if not isinstance(broken.runner, Program):
        pytest.skip("the ledger runs in a container")
    found = process(broken.runner.pid)
    assert found
    Path(f"/proc/{found.pid}/cwd/running.json").write_bytes(msgspec.json.encode({"ledger": broken.url}))
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


@pytest.mark.parametrize("disruption", ERRORS, ids=lambda one: type(one).__name__)
def test_the_ledger_refuses_while_it_lasts_and_is_as_it_was_afterwards(
    main: Process, server: Any, disruption: AnyDisruption, eventually: Eventually
) -> None:
    # Given
    digest = server.script_load("return redis.call('INCR', KEYS[1])")
    before = _state(server)
    assert disruption.lacks(main) is None

    def refuses() -> bool:
        try:
            server.evalsha(digest, 1, "counter")
        except redis.RedisError as error:
            return re.search(ERRORS[disruption], str(error)) is not None
        return False

    # When an agent does it, until it is called back
    over = threading.Event()
    agent = threading.Thread(target=act, args=[main, disruption, 60.0, over])
    agent.start()
    try:
        eventually(refuses)
    finally:
        over.set()
        agent.join()

    # Then
    assert server.evalsha(digest, 1, "counter") >= 1
    assert _state(server) == before


@pytest.mark.parametrize("disruption", ERRORS, ids=lambda one: type(one).__name__)
def test_what_was_never_done_or_is_undone_already_can_be_undone(
    main: Process, server: Any, disruption: AnyDisruption
) -> None:
    # Given
    before = _state(server)
    prepared = disruption.prepared(main)

    # When
    prepared.end(main)
    prepared.end(main)

    # Then
    assert _state(server) == before


def test_a_ledger_whose_administrator_is_not_known_is_left_alone(main: Process) -> None:
    # Given
    Path(f"/proc/{main.pid}/cwd/running.json").unlink()

    # Then
    assert all("cannot be found" in str(disruption.lacks(main)) for disruption in ERRORS)
