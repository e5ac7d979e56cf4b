"""Queues are removed where nothing is in them and nobody reads them."""

from typing import Any

import kombu
import pytest

from longshore_broker import NO_QUEUE, AmqpPublisher, Depth, Publisher, queues
from longshore_broker.queues import QueueType
from tests.contract.broker.copies import message, settle
from tests.services.waiting import Eventually

_KINDS: tuple[QueueType, QueueType] = ("quorum", "classic")


def test_an_empty_queue_is_removed(publisher: Publisher, queue: str) -> None:
    # Given
    publisher.declare(queue)

    # When / Then
    assert publisher.remove(queue)
    assert publisher.depth(queue) is NO_QUEUE
    assert publisher.remove(queue)  # nothing to do


def test_a_queue_with_a_message_is_not_removed(
    publisher: Publisher, queue: str, eventually: Eventually
) -> None:
    # Given
    publisher.declare(queue)
    publisher.publish(queue, message())
    settle(publisher, 1)
    eventually(lambda: publisher.depth(queue).ready == 1)

    # When / Then
    assert not publisher.remove(queue)
    assert publisher.depth(queue).ready == 1


def test_a_queue_with_a_consumer_is_not_removed(broker_url: str, queue: str) -> None:
    # Given
    publisher = AmqpPublisher(broker_url)
    publisher.connect()
    publisher.declare(queue)

    # When
    with kombu.Connection(broker_url) as connection:
        channel: Any = connection.channel()
        channel.basic_consume(queue)
        removed = publisher.remove(queue)

    # Then
    assert not removed
    assert publisher.depth(queue) is not NO_QUEUE
    publisher.close()


def test_rabbitmq_itself_keeps_a_classic_queue_into_which_a_message_came_meanwhile(
    broker_url: str, queue: str, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    # Given a message that was not there when the queue was looked at
    publisher = AmqpPublisher(broker_url, queue_type="classic")
    publisher.connect()
    publisher.declare(queue)
    publisher.publish(queue, message())
    settle(publisher, 1)
    eventually(lambda: publisher.depth(queue).ready == 1)
    monkeypatch.setattr(queues, "look_at", lambda *_: (queue, 0, 0))

    # When
    removed = publisher.remove(queue)

    # Then
    monkeypatch.undo()
    assert not removed
    assert publisher.depth(queue).ready == 1
    publisher.close()


def test_a_quorum_queue_is_removed_when_it_is_empty(
    broker_url: str, queue: str, eventually: Eventually
) -> None:
    # Given
    publisher = AmqpPublisher(broker_url, queue_type="quorum")
    publisher.connect()
    publisher.declare(queue)
    publisher.publish(queue, message())
    settle(publisher, 1)
    eventually(lambda: publisher.depth(queue).ready == 1)

    # When / Then
    assert not publisher.remove(queue)
    _purge(broker_url, queue)
    assert publisher.remove(queue)
    assert publisher.depth(queue) is NO_QUEUE
    publisher.close()


def test_a_queue_of_another_kind_is_left_and_the_connection_lives(broker_url: str, queue: str) -> None:
    # Given
    earlier, publisher = (AmqpPublisher(broker_url, queue_type=kind) for kind in _KINDS)
    earlier.connect()
    earlier.declare(queue)
    publisher.connect()

    # When: to ask again would not help
    assert publisher.remove(queue)

    # Then
    assert publisher.depth(queue) == Depth(0, 0)
    earlier.close()
    publisher.close()


def _purge(broker_url: str, queue: str) -> None:
    with kombu.Connection(broker_url) as connection:
        channel: Any = connection.channel()
        channel.queue_purge(queue)
