"""A queue that the broker does not take holds up no other."""

from collections.abc import Callable
from typing import Any

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harness
from tests.services.shared import Rabbit


def test_a_queue_beyond_the_brokers_limit_waits_alone_and_says_why(
    harness: Harness, rabbitmq: Rabbit, vhost: str, eventually: Callable[..., Any]
) -> None:
    management = rabbitmq.management
    if management is None:
        pytest.skip("needs the management API")

    # Given a vhost that takes no more queues, and a worker that serves one that is there and one that is not
    harness.finish(harness.submit("noop", 1) if harness.start_worker("-Q", "noop", "-c", "1") else [])
    eventually(lambda: {"noop", "longshore.epoch"} <= set(management.queues(vhost)))
    management.limit_queues(vhost, len(management.queues(vhost)))
    harness.start_worker("-Q", "noop,elsewhere", "-c", "1")

    # When
    [refused] = harness.submit("noop", 2, queue="elsewhere")
    served = harness.submit("noop", *range(20))

    # Then
    assert {task.state for task in harness.finish(served)} == {State.SUCCESS}

    def quotes_the_broker() -> bool:
        explained = harness.ledger.explanations.explain(refused)
        assert explained is not None
        assert explained.state is State.PENDING
        return "elsewhere" in explained.reason and "limit" in explained.reason

    eventually(quotes_the_broker)

    # When there is room
    management.limit_queues(vhost, -1)

    # Then it goes on by itself
    assert harness.finish([refused], within=60)[0].state is State.SUCCESS
