"""A ledger that runs and refuses: workers, relay and API wait for it, and give nothing up."""

from collections.abc import Callable
from functools import partial

import httpx
import redis

from longshore.states import State
from tests.integration.worker.conftest import Harness
from tests.services import refusing
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.runner import Server
from tests.services.waiting import Eventually

_HINDRANCES = [refusing.busy, refusing.forbidding, refusing.read_only, refusing.without_replicas]
"""BUSY, NOPERM, READONLY, NOREPLICAS."""


def test_all_work_ends_after_a_ledger_that_refused(
    make_harness: Callable[..., Harness],
    own_redis: Server,
    broker_url: str,
    processes: Processes,
    eventually: Eventually,
) -> None:
    # Given
    harness = make_harness(broker_url, own_redis.url)
    harness.start_scheduler(window=20)
    worker = harness.start_worker("-Q", "nap", "-c", "2")
    port = free_port()
    processes.start("api", ledger=own_redis.url, port=port)
    page = f"http://127.0.0.1:{port}/v1/tasks"
    eventually(lambda: _get(page).is_success)

    for number, hindrance in enumerate(_HINDRANCES, 1):
        # Given work in every place: running, ended, in the broker, in the ledger
        ids = harness.submit("nap", *[0.05] * 60)
        eventually(partial(_has_ended_some_of, harness, ids))

        # When
        with redis.Redis.from_url(own_redis.url) as server, hindrance(server):
            answer = eventually(lambda: _refused(_post(page)))
            assert "Retry-After" in answer.headers
            eventually(partial(_has_waited, worker, number))

        # Then
        assert {task.state for task in harness.finish(ids, within=60)} == {State.SUCCESS}, hindrance
        assert {task.crashes for task in harness.tasks(ids)} == {0}
        assert worker.alive()


def _has_ended_some_of(harness: Harness, ids: list[str]) -> bool:
    return "SUCCESS" in harness.states(ids)


def _has_waited(worker: Program, times: int) -> bool:
    return worker.log().count("waiting for the ledger") >= times


def _get(url: str) -> httpx.Response:
    try:
        return httpx.get(url, trust_env=False)
    except httpx.TransportError as error:
        raise AssertionError(error) from error


def _post(url: str) -> httpx.Response:
    return httpx.post(url, json={"task": "nap", "args": [0]}, trust_env=False, timeout=30)


def _refused(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 503, answer.text
    return answer
