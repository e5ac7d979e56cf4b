"""How a queue is declared: quorum on RabbitMQ 4 and later, classic with priorities on older ones.

Quorum queues take strict priorities without an argument (`x-max-priority` there is refused with 406).
There is no dead-letter exchange, no TTL and no delivery limit: the ledger alone decides about a task.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Literal

import amqp
import kombu
import structlog
from amqp.exceptions import ChannelError, NotFound, PreconditionFailed

from longshore.errors import QueueRefused

MARKER: Final = "longshore.epoch"
"""A durable, empty queue. When it is gone, so may be everything else that the broker held."""

QueueType = Literal["auto", "quorum", "classic"]
Declared = tuple[str, int, int]
"""Name, ready messages, consumers."""

log = structlog.get_logger()


class QueueKind(StrEnum):
    """What RabbitMQ makes of a queue."""

    QUORUM = "quorum"
    CLASSIC = "classic"

    @property
    def arguments(self) -> dict[str, object]:
        """The `x-` arguments of its declaration."""
        if self is QueueKind.QUORUM:
            return {"x-queue-type": "quorum", "x-delivery-limit": -1}
        return {"x-max-priority": 10}


def kind_for(server_properties: Mapping[str, Any], queue_type: QueueType = "auto") -> QueueKind:
    """The kind to declare on the server that introduced itself so at connect; a setting overrides it."""
    if queue_type != "auto":
        return QueueKind(queue_type)
    if server_properties.get("product") != "RabbitMQ":
        return QueueKind.CLASSIC  # others speak AMQP, too, but number their versions differently
    major = str(server_properties.get("version", "0")).partition(".")[0]
    return QueueKind.QUORUM if major.isdigit() and int(major) >= 4 else QueueKind.CLASSIC


def declare(connection: Any, queue: str, queue_type: QueueType = "auto") -> Declared:
    """Declare a durable queue on a channel of its own.

    A queue that exists as another kind (the server was upgraded in place) is used as it is: its messages are
    worth more than its kind. Raises QueueRefused, in the broker's words, when it may not be: the user has no
    right to, or the vhost has as many as it may. `connection` is py-amqp's.
    """
    arguments = kind_for(connection.server_properties, queue_type).arguments
    try:
        return _declare_once(connection, queue, arguments=arguments)
    except PreconditionFailed as mismatch:
        # Said of a queue that exists as another kind, and of a limit that is reached: the queue tells which.
        try:
            declared = _declare_once(connection, queue, passive=True)
        except NotFound:
            raise QueueRefused(queue=queue, reason=mismatch.reply_text) from mismatch
        log.warning("queue exists as another kind and is used as it is", queue=queue, reason=str(mismatch))
        return declared
    except ChannelError as refusal:
        raise QueueRefused(queue=queue, reason=refusal.reply_text) from refusal


def look_at(connection: Any, queue: str) -> Declared | None:
    """What a queue holds; None where it does not exist. Raises QueueRefused when that is not to be known."""
    try:
        return _declare_once(connection, queue, passive=True)
    except NotFound:
        return None
    except ChannelError as refusal:
        raise QueueRefused(queue=queue, reason=refusal.reply_text) from refusal


def delete(connection: Any, queue: str, queue_type: QueueType = "auto") -> bool:
    """Delete a queue that holds no message and has no consumer. False while it has some: ask again later.

    A queue of another kind than is declared now, or that may not be deleted, stays.

    RabbitMQ makes sure of both as it deletes a classic queue. It refuses the conditions for a quorum queue
    (540, which ends the connection): a message that comes between the look and the deletion is lost with it,
    and the watch has it published again, like whatever a broker loses.
    """
    kind = kind_for(connection.server_properties, queue_type)
    try:
        found = look_at(connection, queue)
        if found is None:
            return True
        if found[1] or found[2]:
            return False
        _declare_once(connection, queue, arguments=kind.arguments)  # 406 for one of another kind
    except (QueueRefused, ChannelError):
        return True
    guarded = kind is QueueKind.CLASSIC
    channel = connection.channel()
    try:
        channel.queue_delete(queue, if_unused=guarded, if_empty=guarded)
    except PreconditionFailed:  # In use after all; the channel is closed.
        return False
    except ChannelError:
        return True
    channel.close()
    return True


def _declare_once(connection: Any, queue: str, **how: Any) -> Declared:
    # A refusal closes the channel it was asked on, so that it must not be anybody else's.
    channel = connection.channel()
    declared: Declared = channel.queue_declare(queue, durable=True, auto_delete=False, **how)
    channel.close()
    return declared


class WorkQueue(kombu.Queue):
    """A queue as the worker's consumer wants it: its kind is decided anew on every connection.

    Kombu would fix the arguments when the application is configured, before any server was asked.
    """

    attrs = (*kombu.Queue.attrs, ("queue_type", None))
    queue_type: QueueType = "auto"

    def queue_declare(self, nowait: bool = False, passive: bool = False, channel: Any = None) -> Any:
        """Declare on RabbitMQ as the relay does; on virtual transports as kombu does."""
        connection: Any = getattr(channel or self.channel, "connection", None)
        if passive or not isinstance(connection, amqp.Connection):
            return super().queue_declare(nowait=nowait, passive=passive, channel=channel)
        return declare(connection, self.name, self.queue_type)


def work_queue(name: str, queue_type: QueueType = "auto") -> WorkQueue:
    """The kombu queue for a Longshore queue: durable, on the default exchange, with nothing to bind."""
    return WorkQueue(name, routing_key=name, durable=True, queue_type=queue_type)
