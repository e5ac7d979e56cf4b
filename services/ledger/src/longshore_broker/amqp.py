"""The publisher for RabbitMQ, straight on py-amqp with pipelined confirms.

kombu's producer and py-amqp's `basic_publish` wait for each confirm: at 50-300 ms a confirm (RabbitMQ takes
that long for a persistent message while a consumer is attached) that is a handful of messages a second.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import amqp
from amqp.exceptions import AMQPError
from kombu.utils.url import url_to_parts

from longshore.certificates import connection_failure
from longshore.errors import BrokerUnavailable
from longshore_broker.frames import PublishFrames
from longshore_broker.message import Message
from longshore_broker.publisher import NO_QUEUE, Depth, Ref, Server, Settled
from longshore_broker.queues import MARKER, Declared, QueueType, declare, delete, kind_for, look_at
from longshore_broker.tls import tls_for
from longshore_broker.unsettled import Unsettled

_CONNECT_SECONDS: Final = 5.0
_SILENCE_SECONDS: Final = 10.0
"""A read or a write that makes no progress for this long ends the connection: a broker under a memory alarm
stops reading and would block the writer for ever."""
_HEARTBEAT_SECONDS: Final = 10
_BUFFER_BYTES: Final = 65_536


class AmqpPublisher:
    """A connection to RabbitMQ with one channel in confirm mode. See `publisher.Publisher`."""

    def __init__(self, url: str, *, queue_type: QueueType = "auto", name: str = "longshore") -> None:
        self._urls = url.split(";")  # several are tried in turn, as kombu does
        self._queue_type = queue_type
        self._name = name
        self._connection: Any = None  # an amqp.Connection; its stubs lack half of what it has
        self._frames = PublishFrames(channel=1, frame_max=4096)  # until a server says what it takes
        self._unsettled = Unsettled()
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._blocked: str | None = None
        self._next_tick = 0.0

    @property
    def unsettled(self) -> int:
        """How many published copies are neither confirmed nor refused yet."""
        return len(self._unsettled)

    @property
    def blocked(self) -> str | None:
        """What RabbitMQ's `connection.blocked` said, until it unblocks."""
        return self._blocked

    def connect(self) -> Server:
        """Open the connection and the channel. The next attempt after a failed one tries the next URL."""
        self.close()
        url = self._urls[0]
        self._urls = [*self._urls[1:], url]
        self._connection = _connection(
            url, self._name, on_blocked=self._on_blocked, on_unblocked=self._on_unblocked
        )
        with self._reported() as connection:
            connection.connect()
            channel = connection.channel()
            channel.events["basic_ack"].add(self._unsettled.acked)
            channel.events["basic_nack"].add(self._unsettled.nacked)
            channel.events["basic_return"].add(self._on_return)
            channel.confirm_select()
        self._frames = PublishFrames(channel.channel_id or 1, connection.frame_max)
        properties = connection.server_properties
        return Server(
            str(properties.get("product", "")),
            str(properties.get("version", "")),
            kind_for(properties, self._queue_type),
        )

    def declare(self, queue: str) -> None:
        """Declare the queue, or use it as it is if it exists as another kind."""
        with self._reported() as connection:
            declare(connection, queue, self._queue_type)

    def publish(self, queue: str, message: Message) -> None:
        """Buffer the message's frames; full buffers are sent."""
        frames = self._frames.encode(queue, message)
        self._unsettled.published(Ref(queue, message.id, message.run))
        self._buffer.append(frames)
        self._buffered += len(frames)
        if self._buffered >= _BUFFER_BYTES:
            with self._reported() as connection:
                self._flush(connection)

    def settle(self, timeout: float) -> Settled:
        """Send the buffer, wait up to `timeout` seconds for an answer, then take all that are there."""
        try:
            with self._reported() as connection:
                self._flush(connection)
                self._tick(connection)
                with suppress(TimeoutError):
                    while True:
                        connection.drain_events(timeout=timeout)
                        timeout = 0
        except BrokerUnavailable:
            if not self._unsettled.has_news:
                raise
            # What it confirmed before it went away counts; the next call raises.
        return self._unsettled.take()

    def fileno(self) -> int | None:
        """The connection's socket."""
        with self._reported() as connection:
            return int(connection.sock.fileno())

    def depth(self, queue: str) -> Depth:
        """Ready messages and consumers, by a passive declaration."""
        declared = self._passive(queue)
        return Depth(declared[1], declared[2]) if declared else NO_QUEUE

    def remove(self, queue: str) -> bool:
        """Delete the queue unless it holds messages or has consumers."""
        with self._reported() as connection:
            self._tick(connection)
            return delete(connection, queue, self._queue_type)

    def has_epoch(self) -> bool:
        """Whether the marker queue exists."""
        return self._passive(MARKER) is not None

    def set_epoch(self) -> None:
        """Declare the marker queue."""
        self.declare(MARKER)

    def sweep(self) -> int:
        """Nothing: RabbitMQ makes ready again what a connection held that is gone."""
        return 0

    def close(self) -> list[Ref]:
        """Close politely where there is somebody to be polite to."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, AMQPError, AttributeError):
                if self._blocked is None:  # a blocked broker would not read the goodbye
                    connection.close()
            connection.collect()
        self._blocked = None
        self._buffer.clear()
        self._buffered = 0
        lost = self._unsettled.abandon()
        self._unsettled = Unsettled()
        return lost

    def _passive(self, queue: str) -> Declared | None:
        with self._reported() as connection:
            self._tick(connection)
            return look_at(connection, queue)

    def _flush(self, connection: Any) -> None:
        if not self._buffer:
            return
        frames = b"".join(self._buffer)
        self._buffer.clear()
        self._buffered = 0
        with connection.transport.having_timeout(_SILENCE_SECONDS):
            connection.transport.write(frames)
        connection.bytes_sent += 1  # py-amqp's heartbeat asks whether anything was sent

    def _tick(self, connection: Any) -> None:
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + 1.0
            connection.heartbeat_tick()

    def _on_return(self, _error: Exception, _exchange: str, _queue: str, message: Any) -> None:
        headers = message.headers
        self._unsettled.returned(headers["id"], headers["run"])

    def _on_blocked(self, reason: str) -> None:
        self._blocked = reason

    def _on_unblocked(self) -> None:
        self._blocked = None

    @contextmanager
    def _reported(self) -> Iterator[Any]:
        """Lend the connection; whatever breaks it becomes BrokerUnavailable, and it is not lent again."""
        try:
            if self._connection is None:
                raise ConnectionError("not connected")
            yield self._connection
        except (OSError, AMQPError) as error:
            if self._connection is not None:
                self._connection.collect()
                self._connection = None
            raise BrokerUnavailable(reason=connection_failure(error)) from error


def _connection(url: str, name: str, **events: Any) -> Any:
    parts = url_to_parts(url)
    host = parts.hostname or "127.0.0.1"
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    settings: Any = {}
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # not on macOS
        # py-amqp gives up after 1 s without a TCP acknowledgement, which a busy broker may well need.
        settings[socket.TCP_USER_TIMEOUT] = int(_SILENCE_SECONDS * 1000)
    return amqp.Connection(
        host=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        userid=parts.username or "guest",
        password=parts.password or "guest",
        login_method="PLAIN",
        virtual_host=parts.path or "/",
        ssl=tls_for(url, host),
        heartbeat=_HEARTBEAT_SECONDS,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_SILENCE_SECONDS,
        write_timeout=_SILENCE_SECONDS,
        socket_settings=settings,
        client_properties={"connection_name": name},
        **events,
    )
