"""The publisher for the embedded broker: Valkey or Redis lists, in kombu's format for its redis transport.

There, a message is safe when LPUSH has returned, so that outcomes are known at once; the lowest priority
number is served first, so that ours are turned round.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import kombu
from amqp.exceptions import ChannelError
from kombu.exceptions import KombuError
from redis.exceptions import NoPermissionError, RedisError

from longshore.certificates import connection_failure
from longshore.errors import BrokerUnavailable
from longshore_broker.message import CONTENT_ENCODING, CONTENT_TYPE, Message
from longshore_broker.publisher import NO_QUEUE, Depth, Ref, Server, Settled
from longshore_broker.queues import MARKER
from longshore_broker.tls import tls_for

TRANSPORT_OPTIONS: Final[dict[str, Any]] = {
    "priority_steps": list(range(10)),
    # Redelivery by age would run long tasks twice; the ledger finds lost copies by itself.
    "visibility_timeout": 7 * 86_400,
    "socket_timeout": 10.0,
    "socket_connect_timeout": 5.0,
}
"""Options of kombu's redis transport. Worker and relay must agree on them."""

_UNACKED: Final = "unacked"


def consumer_options(consumer: str) -> dict[str, Any]:
    """The transport's options of one consumer: what it has not acknowledged is kept under its own name.

    kombu's usual one hash for all does not say who holds what, so that of a consumer which was killed could
    be told from that of others by its age alone: seven days, the visibility timeout.
    """
    kept = {name: f"{name}:{consumer}" for name in (_UNACKED, f"{_UNACKED}_index", f"{_UNACKED}_mutex")}
    return TRANSPORT_OPTIONS | {"client_name": consumer} | {f"{name}_key": key for name, key in kept.items()}


_BATCH: Final = 500


class VirtualPublisher:
    """A connection to the embedded broker. See `publisher.Publisher`."""

    blocked: str | None = None
    """Always None: Valkey refuses what it cannot take."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: kombu.Connection | None = None
        self._channel: Any = None  # a kombu.transport.redis.Channel, whose stubs lack half of what it has
        self._batch: Any = None
        self._waiting: list[Ref] = []

    @property
    def unsettled(self) -> int:
        """How many messages are buffered."""
        return len(self._waiting)

    def connect(self) -> Server:
        """Open the connection."""
        self.close()
        self._connection = kombu.Connection(
            self._url, ssl=tls_for(self._url), transport_options=TRANSPORT_OPTIONS
        )
        with self._reported():
            self._channel = self._connection.channel()
            facts = self._channel.client.info("server")
            self._batch = self._channel.create_publish_batch(_BATCH)
        if facts.get("server_name") == "valkey":
            return Server("Valkey", str(facts["valkey_version"]), "list")
        return Server("Redis", str(facts["redis_version"]), "list")

    def declare(self, queue: str) -> None:  # noqa: ARG002 - there is nothing to make
        """Ask nothing more than to be connected: a list is there when something is in it."""
        with self._reported():
            pass

    def publish(self, queue: str, message: Message) -> None:
        """Buffer the message for the next pipeline."""
        with self._reported():
            self._waiting.append(Ref(queue, message.id, message.run))
            self._batch.publish(
                self._channel.prepare_message(
                    message.body,
                    priority=9 - message.priority,
                    content_type=CONTENT_TYPE,
                    content_encoding=CONTENT_ENCODING,
                    headers=message.headers,
                    properties={"correlation_id": message.id, "delivery_mode": 2},
                ),
                exchange="",
                routing_key=queue,
            )

    def settle(self, timeout: float) -> Settled:  # noqa: ARG002 - outcomes are known at once
        """Push what is buffered. Whatever is not pushed raises."""
        with self._reported():
            self._batch.flush()
        confirmed, self._waiting = self._waiting, []
        return Settled(confirmed=confirmed)

    def fileno(self) -> int | None:
        """None: `settle` never has to be waited for."""
        return None

    def depth(self, queue: str) -> Depth:
        """The queue's messages at all priorities."""
        ready = self._passive(queue)
        return NO_QUEUE if ready is None else Depth(ready, 0)

    def remove(self, queue: str) -> bool:
        """An empty list does not exist."""
        return self.depth(queue).ready == 0

    def has_epoch(self) -> bool:
        """Whether the marker list exists."""
        return self._passive(MARKER) is not None

    def set_epoch(self) -> None:
        """Make the marker: an empty list would not exist, so it holds one message that nobody consumes."""
        if not self.has_epoch():
            with self._reported():
                self._channel.client.lpush(MARKER, "")

    def sweep(self) -> int:
        """Forget what consumers held whose connections are gone. See `consumer_options`."""
        with self._reported():
            client = self._channel.client
            kept = {key.decode() for key in client.scan_iter(f"{_UNACKED}:*", count=1000)}
            # Looked at last: a consumer is connected before it holds anything.
            try:
                here = {each["name"] for each in client.client_list()} if kept else set()
            except NoPermissionError:  # a Redis of somebody's own: what it holds stays for seven days
                return 0
            gone = [key.partition(":")[2] for key in kept if key.partition(":")[2] not in here]
            copies = sum(client.hlen(f"{_UNACKED}:{consumer}") for consumer in gone)
            for consumer in gone:
                client.delete(f"{_UNACKED}:{consumer}", f"{_UNACKED}_index:{consumer}")
            # An earlier version had one hash for all its workers. What a living one runs goes on without.
            copies += client.hlen(_UNACKED)
            client.delete(_UNACKED, f"{_UNACKED}_index")
            return int(copies)

    def close(self) -> list[Ref]:
        """Drop what is buffered and let the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.release()
        lost, self._waiting = self._waiting, []
        return lost

    def _passive(self, queue: str) -> int | None:
        with self._reported():
            try:
                return int(self._channel.queue_declare(queue, passive=True).message_count)
            except ChannelError:  # 404
                return None

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Whatever breaks the connection becomes BrokerUnavailable, and it is not used again."""
        try:
            if self._connection is None:
                raise ConnectionError("not connected")
            yield
        except (RedisError, KombuError, OSError) as error:
            if self._connection is not None:
                self._connection.release()
                self._connection = None
            raise BrokerUnavailable(reason=connection_failure(error.__cause__ or error)) from error
