"""Which kind of queue is declared where, and which publisher for which URL."""

import copy

import pytest

from longshore_broker import (
    AmqpPublisher,
    QueueKind,
    QueueType,
    VirtualPublisher,
    is_embedded,
    kind_for,
    open_publisher,
    work_queue,
)


@pytest.mark.parametrize(
    ("product", "version", "setting", "kind"),
    [
        ("RabbitMQ", "3.10.8", "auto", "classic"),
        ("RabbitMQ", "3.13.7", "auto", "classic"),
        ("RabbitMQ", "4.0.1", "auto", "quorum"),
        ("RabbitMQ", "4.3.6", "auto", "quorum"),
        ("RabbitMQ", "10.0.0", "auto", "quorum"),
        ("RabbitMQ", "unknown", "auto", "classic"),
        ("LavinMQ", "5.0.0", "auto", "classic"),
        ("RabbitMQ", "4.3.6", "classic", "classic"),
        ("RabbitMQ", "3.10.8", "quorum", "quorum"),
    ],
)
def test_the_kind_follows_the_server_unless_set(
    product: str, version: str, setting: QueueType, kind: str
) -> None:
    assert kind_for({"product": product, "version": version}, setting) == kind


def test_a_server_that_says_nothing_gets_classic_queues() -> None:
    assert kind_for({}) is QueueKind.CLASSIC
    assert kind_for({"product": "RabbitMQ"}) is QueueKind.CLASSIC


def test_a_quorum_queue_never_drops_and_takes_no_maximum_of_priorities() -> None:
    assert QueueKind.QUORUM.arguments == {"x-queue-type": "quorum", "x-delivery-limit": -1}
    assert QueueKind.CLASSIC.arguments == {"x-max-priority": 10}


def test_a_workers_queue_keeps_its_kind_when_it_is_copied() -> None:
    # Given a queue whose kind was set; kombu copies queues to bind them
    queue = work_queue("math", "classic")

    # When it is copied
    copied = copy.copy(queue)

    # Then nothing is lost
    assert (copied.name, copied.routing_key, copied.durable, copied.queue_type) == (
        "math",
        "math",
        True,
        "classic",
    )
    assert copied.exchange.name == ""


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("amqp://guest:guest@localhost//", AmqpPublisher),
        ("amqps://rabbit.example.com/longshore", AmqpPublisher),
        ("redis://localhost/1", VirtualPublisher),
        ("rediss://localhost/1", VirtualPublisher),
    ],
)
def test_the_url_says_which_publisher(url: str, publisher: type) -> None:
    assert type(open_publisher(url)) is publisher
    assert is_embedded(url) is (publisher is VirtualPublisher)
