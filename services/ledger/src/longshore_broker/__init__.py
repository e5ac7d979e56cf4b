"""What carries the work: RabbitMQ, or Valkey when everything runs on one machine."""

from longshore_broker.amqp import AmqpPublisher
from longshore_broker.message import Message, message_of
from longshore_broker.publisher import NO_QUEUE, Depth, Publisher, Ref, Server, Settled
from longshore_broker.queues import MARKER, QueueKind, QueueType, WorkQueue, kind_for, work_queue
from longshore_broker.tls import tls_for
from longshore_broker.virtual import TRANSPORT_OPTIONS, VirtualPublisher, consumer_options

__all__ = [
    "MARKER",
    "NO_QUEUE",
    "TRANSPORT_OPTIONS",
    "AmqpPublisher",
    "Depth",
    "Message",
    "Publisher",
    "QueueKind",
    "QueueType",
    "Ref",
    "Server",
    "Settled",
    "VirtualPublisher",
    "WorkQueue",
    "consumer_options",
    "is_embedded",
    "kind_for",
    "message_of",
    "open_publisher",
    "tls_for",
    "work_queue",
]


def is_embedded(url: str) -> bool:
    """Whether a broker URL names the embedded broker (`redis://`, `rediss://`) rather than RabbitMQ."""
    return url.startswith(("redis://", "rediss://"))


def open_publisher(url: str, *, queue_type: QueueType = "auto", name: str = "longshore") -> Publisher:
    """A publisher for the URL, not yet connected. `name` is what RabbitMQ shows for the connection."""
    if is_embedded(url):
        return VirtualPublisher(url)
    return AmqpPublisher(url, queue_type=queue_type, name=name)
