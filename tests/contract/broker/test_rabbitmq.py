"""What is RabbitMQ's own: returned messages, kinds of queues, permissions, alarms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import kombu
import pytest
from amqp.exceptions import PreconditionFailed

from longshore.errors import BrokerUnavailable, QueueRefused
from longshore_broker import AmqpPublisher, QueueKind, work_queue
from tests.contract.broker.copies import message, ref, settle
from tests.services.management import Management
from tests.services.rabbitmq_server import rabbitmq_server
from tests.services.runner import Server
from tests.services.shared import Rabbit
from tests.services.sources import source
from tests.services.waiting import Eventually


@pytest.fixture
def publisher(broker_url: str) -> Iterator[AmqpPublisher]:
    """A connected publisher."""
    opened = AmqpPublisher(broker_url)
    opened.connect()
    yield opened
    opened.close()


@pytest.fixture
def channel(broker_url: str) -> Iterator[amqp.Channel]:
    """A plain channel, for what others may do."""
    with kombu.Connection(broker_url) as connection:
        opened: Any = connection.channel()
        yield opened


def test_a_returned_message_counts_as_refused_and_its_neighbours_do_not(
    publisher: AmqpPublisher, queue: str
) -> None:
    # Given a queue that is there and one that somebody deleted
    publisher.declare(queue)

    # When messages for both are published together
    for n in range(100):
        publisher.publish(queue if n % 10 else f"{queue}.deleted", message(f"task-{n}"))
    confirmed, refused = settle(publisher, 100)

    # Then the broker's confirm of what it returned is not believed
    assert sorted(refused) == sorted(ref(f"{queue}.deleted", f"task-{n}") for n in range(0, 100, 10))
    assert len(confirmed) == 90
    assert publisher.depth(queue).ready == 90


def test_a_message_that_the_broker_rejects_counts_as_refused(
    publisher: AmqpPublisher, channel: amqp.Channel, queue: str
) -> None:
    # Given a queue with room for one message, made by somebody else
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
    publisher.declare(queue)

    # When more are published, one at a time
    outcomes = []
    for n in range(4):
        publisher.publish(queue, message(f"task-{n}"))
        outcomes.append(settle(publisher, 1))

    # Then those without room are refused
    assert outcomes[0] == ([ref(queue, "task-0")], [])
    assert outcomes[3] == ([], [ref(queue, "task-3")])


def test_the_kind_of_queue_follows_the_servers_version(
    rabbitmq: Rabbit, broker_url: str, channel: amqp.Channel, queue: str
) -> None:
    # Given the server's version
    publisher = AmqpPublisher(broker_url)
    server = publisher.connect()
    expected = QueueKind.QUORUM if int(server.version.split(".")[0]) >= 4 else QueueKind.CLASSIC

    # When a queue is declared
    publisher.declare(queue)

    # Then it is of the kind that this version does best
    assert server.queue_type == expected
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=expected.arguments)
    other = QueueKind.CLASSIC if expected is QueueKind.QUORUM else QueueKind.QUORUM
    with pytest.raises(PreconditionFailed):
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=other.arguments)
    publisher.close()


def test_a_setting_overrides_the_kind(broker_url: str, channel: amqp.Channel, queue: str) -> None:
    # Given a publisher that was told to use classic queues
    publisher = AmqpPublisher(broker_url, queue_type="classic")

    # When it declares one
    assert publisher.connect().queue_type == "classic"
    publisher.declare(queue)

    # Then it is classic, whatever the server
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QueueKind.CLASSIC.arguments)
    publisher.close()


def test_a_queue_of_another_kind_is_used_as_it_is(
    publisher: AmqpPublisher, broker_url: str, channel: amqp.Channel, queue: str
) -> None:
    # Given a queue that was there before the broker was upgraded
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-max-priority": 3})

    # When relay and worker declare it
    publisher.declare(queue)
    with kombu.Connection(broker_url) as connection:
        work_queue(queue)(connection.channel()).declare()

    # Then both go on with it
    publisher.publish(queue, message())
    assert settle(publisher, 1) == ([ref(queue)], [])


def test_a_queue_that_the_user_may_not_have_is_refused_alone(
    rabbitmq: Rabbit, broker_url: str, vhost: str, queue: str
) -> None:
    if rabbitmq.management is None:
        pytest.skip("needs the management API")

    # Given a user who may declare only what begins with `longshore`
    _make_user(rabbitmq.management, vhost, "limited", configure="^longshore")
    url = urlsplit(broker_url)
    publisher = AmqpPublisher(url._replace(netloc=f"limited:secret@{url.hostname}:{url.port}").geturl())
    publisher.connect()

    # When it declares another one
    with pytest.raises(QueueRefused) as raised:
        publisher.declare(queue)

    # Then it is told which and why, and may go on with what is its own
    assert raised.value.fields["queue"] == queue
    assert "access" in raised.value.fields["reason"]
    publisher.declare("longshore.mine")
    publisher.publish("longshore.mine", message())
    assert settle(publisher, 1) == ([ref("longshore.mine")], [])
    publisher.close()


def test_a_limit_of_queues_refuses_the_next_one_alone(
    rabbitmq: Rabbit, publisher: AmqpPublisher, vhost: str, queue: str
) -> None:
    if rabbitmq.management is None:
        pytest.skip("needs the management API")

    # Given a vhost that is full
    publisher.declare(queue)
    rabbitmq.management.limit_queues(vhost, 1)

    # When
    with pytest.raises(QueueRefused) as raised:
        publisher.declare(f"{queue}.more")

    # Then it is told in the broker's words, and what is there goes on
    assert raised.value.fields["queue"] == f"{queue}.more"
    assert "limit" in raised.value.fields["reason"]
    publisher.declare(queue)
    publisher.publish(queue, message())
    assert settle(publisher, 1) == ([ref(queue)], [])


def test_a_closed_connection_is_noticed_and_replaced(
    rabbitmq: Rabbit, publisher: AmqpPublisher, vhost: str, queue: str, eventually: Eventually
) -> None:
    if rabbitmq.management is None:
        pytest.skip("needs the management API")

    # Given a publisher whose connection an operator closes
    close_connections = rabbitmq.management.close_connections
    eventually(lambda: close_connections(vhost))

    # When it goes on
    with pytest.raises(BrokerUnavailable) as raised:
        eventually(lambda: publisher.settle(0.1).confirmed)

    # Then it was told why, and can connect again
    assert "CONNECTION_FORCED" in raised.value.fields["reason"]
    publisher.connect()
    publisher.declare(queue)


def test_a_broker_under_an_alarm_is_reported_and_blocks_nobody(
    starved: Server, eventually: Eventually
) -> None:
    # Given a broker without memory to spare
    publisher = AmqpPublisher(starved.url)
    publisher.connect()
    publisher.declare("work")
    assert publisher.blocked is None

    # When something is published
    publisher.publish("work", message())

    # Then the publisher says that it is blocked, and goes on answering
    eventually(lambda: (publisher.settle(0.05), publisher.blocked)[1])
    assert "blocked" in (publisher.blocked or "")
    assert publisher.settle(0.05).confirmed == []

    # And closing does not wait for the broker, while another connection may still look around
    assert publisher.close() == [ref("work")]
    publisher.connect()
    assert publisher.depth("work").ready == 0
    publisher.close()


@pytest.fixture
def starved(tmp_path: Path) -> Iterator[Server]:
    """A RabbitMQ that finds its memory too small."""
    server = rabbitmq_server(source(), tmp_path, "vm_memory_high_watermark.absolute = 1MB")
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _make_user(management: Management, vhost: str, name: str, configure: str) -> None:
    management._ask("PUT", f"users/{name}", json={"password": "secret", "tags": ""})
    permissions = {"configure": configure, "write": ".*", "read": ".*"}
    management._ask("PUT", f"permissions/{vhost}/{name}", json=permissions)
