"""Connections break; runs do not."""

from collections.abc import Callable

from longshore.states import State
from longshore_broker import message_of, open_publisher
from tests.integration.worker.conftest import Harness
from tests.services.management import Management
from tests.services.rabbitmq_server import RabbitServer
from tests.services.runner import Server
from tests.services.shared import Rabbit


def test_every_message_twice_runs_every_task_once(
    make_harness: Callable[..., Harness], broker_url: str
) -> None:
    # Given: a relay that publishes all it claims twice
    harness = make_harness(broker_url)
    ids = harness.submit("nap", *[0.01] * 100)
    publisher = open_publisher(broker_url)
    publisher.connect()
    publisher.declare("nap")
    claimed = harness.ledger.outbox.claim("nap", 500, 1000)
    for copy in [*claimed, *claimed]:
        publisher.publish("nap", message_of(copy))
    while publisher.unsettled:
        publisher.settle(1)
    publisher.close()

    # When
    harness.start_worker("-Q", "nap", "-c", "2")

    # Then
    assert {task.state for task in harness.finish(ids)} == {State.SUCCESS}
    assert harness.marks().count("begun") == 100


def test_a_run_survives_the_connection_that_brought_it(
    harness: Harness, rabbitmq: Rabbit, vhost: str, eventually: Callable[..., object]
) -> None:
    # Given
    management = _managed(rabbitmq.management)
    harness.start_worker("-Q", "nap", "-c", "2")
    harness.finish(harness.submit("nap", *[0] * 300))
    [slow] = harness.submit("nap", 4)
    harness.begin(slow)
    quick = harness.submit("nap", *[0] * 300)

    # When: the management API sees a connection a moment after it was made
    eventually(lambda: management.close_connections(vhost) >= 2, within=20, every=0.5)

    # Then
    [task] = harness.finish([slow])
    assert (task.state, task.deliveries, task.crashes) == (State.SUCCESS, 1, 0)
    assert harness.marks().count(f"begun {slow}") == 1
    assert {one.state for one in harness.finish(quick)} == {State.SUCCESS}


def test_results_are_recorded_and_limits_kept_while_the_broker_is_down(
    make_harness: Callable[..., Harness], own_rabbitmq: RabbitServer
) -> None:
    # Given
    harness = make_harness(own_rabbitmq.url)
    harness.start_scheduler()
    harness.start_worker("-Q", "nap,deaf", "-c", "2")
    ids = [*harness.submit("nap", 5), *harness.submit("deaf", 60, timeout=5)]
    for id in ids:
        harness.begin(id)

    # When
    own_rabbitmq.kill()

    # Then
    [slept, limited] = harness.finish(ids)
    assert (slept.state, slept.deliveries) == (State.SUCCESS, 1)
    assert (limited.state, limited.deliveries) == (State.FAILURE, 1)
    own_rabbitmq.start()
    again = harness.submit("nap", *[0] * 20)
    assert {one.state for one in harness.finish(again, within=60)} == {State.SUCCESS}
    assert harness.marks().count(f"begun {ids[0]}") == 1


def test_results_wait_for_a_ledger_that_is_away(
    make_harness: Callable[..., Harness], broker_url: str, own_redis: Server
) -> None:
    # Given
    harness = make_harness(broker_url, own_redis.url)
    harness.start_scheduler()
    worker = harness.start_worker("-Q", "nap", "-c", "2")
    ids = harness.submit("nap", 1, 1)
    for id in ids:
        harness.begin(id)

    # When
    own_redis.kill()
    own_redis.start()

    # Then
    tasks = harness.finish(ids)
    assert {(task.state, task.deliveries, task.crashes) for task in tasks} == {(State.SUCCESS, 1, 0)}
    assert harness.marks().count("begun") == 2
    assert worker.alive()
    assert {one.state for one in harness.finish(harness.submit("nap", *[0] * 50))} == {State.SUCCESS}


def test_a_queue_that_was_deleted_is_made_again(harness: Harness, rabbitmq: Rabbit, vhost: str) -> None:
    # Given
    management = _managed(rabbitmq.management)
    harness.start_worker("-Q", "noop", "-c", "1")
    harness.finish(harness.submit("noop", *range(20)))

    # When
    assert "noop" in management.drop_queues(vhost)

    # Then
    assert {task.state for task in harness.finish(harness.submit("noop", *range(20)))} == {State.SUCCESS}


def _managed(management: Management | None) -> Management:
    assert management, "this test needs RabbitMQ's management API"
    return management
