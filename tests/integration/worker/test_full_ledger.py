"""A ledger without room for results: nothing is started until there is some; what runs ends."""

from collections.abc import Callable

import redis

from longshore.states import State
from tests.integration.worker.conftest import Harness
from tests.services.runner import Server
from tests.services.waiting import Eventually, Steadily

_MIB = 2**20


def test_accepted_work_stays_within_the_ledgers_memory_and_goes_on_when_there_is_room(
    make_harness: Callable[..., Harness],
    own_redis: Server,
    broker_url: str,
    eventually: Eventually,
    steadily: Steadily,
) -> None:
    # Given accepted work whose results are twice as large as the ledger may be
    harness = make_harness(broker_url, own_redis.url)
    server = redis.Redis.from_url(own_redis.url)
    server.config_set("maxmemory", 32 * _MIB)
    ids = harness.submit("bulky", *[100_000] * 600)

    # When
    harness.start_scheduler()
    harness.start_worker("-Q", "bulky", "-c", "2")

    # Then it stops short, and says why
    def held_back() -> str:
        unstarted = [task for task in harness.tasks(ids) if task.state in {State.PENDING, State.QUEUED}]
        explanation = harness.ledger.explanations.explain(unstarted[0].id)
        assert explanation
        assert "from 95% no task is started" in explanation.reason
        return explanation.advice

    assert "maxmemory" in str(eventually(held_back, within=60))
    eventually(lambda: "STARTED" not in harness.states(ids))
    assert steadily(lambda: server.info("memory")["used_memory"] < 48 * _MIB)

    # When there is room
    server.config_set("maxmemory", 512 * _MIB)

    # Then
    assert {task.state for task in harness.finish(ids, within=120)} == {State.SUCCESS}
    server.close()
