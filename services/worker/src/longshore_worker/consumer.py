"""Celery's consumer, with its deliveries led to the gate.

Celery's own way (a strategy and a request object for each task) is passed by: it makes two promises and a
partial for each message before it looks at it. What Celery would reject for good is kept here instead.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import structlog
from celery.worker import state
from celery.worker.consumer import Consumer, Tasks

from longshore_worker.copy import Copy, Unreadable, parked
from longshore_worker.inbox import Inbox
from longshore_worker.outage import Outage
from longshore_worker.prefetch import Prefetch
from longshore_worker.wire import Wire

if TYPE_CHECKING:
    from longshore_worker.foreman import Foreman

log = structlog.get_logger()


class QuietTasks(Tasks):
    """The step that declares the queues; how much is fetched from each is `Prefetch`'s business."""

    def qos_global(self, c: Any) -> bool:  # noqa: ARG002
        """Never: quorum queues refuse it, and a limit of each consumer's own suits classic ones as well."""
        return False


class LongshoreConsumer(Consumer):
    """One for the life of the worker; each connection to the broker gets an inbox."""

    class Blueprint(Consumer.Blueprint):
        """Celery's steps but for what needs gossip, remote clocks or Celery's own delays."""

        default_steps: Final = [
            "celery.worker.consumer.connection:Connection",
            "celery.worker.consumer.events:Events",
            "celery.worker.consumer.heart:Heart",
            "celery.worker.consumer.mingle:Mingle",
            "celery.worker.consumer.control:Control",
            "longshore_worker.consumer:QuietTasks",
            "celery.worker.consumer.consumer:Evloop",
        ]

    connection: Any  # None while there is none

    @property
    def foreman(self) -> "Foreman":
        """The worker's other parts."""
        foreman: Foreman = self.controller.foreman
        return foreman

    def create_task_handler(self, *_: Any, **__: Any) -> Callable[[Any], None]:
        """Called by the loop for each connection: what it returns takes every delivery."""
        foreman, connection = self.foreman, self.connection.connection
        native = self.connection.transport.driver_type == "amqp"
        fast = native and Wire.suits(connection)
        channel = self.task_consumer.channel
        receive = self.task_consumer._receive_callback  # noqa: SLF001  # by which a delivery is known as ours

        def take(tag: Any, queue: str, redelivered: bool, headers: dict[str, Any], body: bytes | str) -> None:
            try:
                inbox.receive(Copy(inbox, tag, queue, redelivered, headers, body))
            except Unreadable as reason:
                self._park(inbox, tag, parked(queue, headers, body), reason)

        def take_message(message: Any) -> None:
            info = message.delivery_info
            redelivered = bool(info.get("redelivered"))
            take(message.delivery_tag, info["routing_key"], redelivered, message.headers, message.body)
            foreman.schedule_flush()

        def drain_slowly() -> None:
            with suppress(TimeoutError):
                while True:
                    self.connection.drain_events(timeout=0)

        drain = None
        if native:
            drain = Wire(connection, channel, receive, take).drain if fast else drain_slowly
        inbox = Inbox(channel, drain)
        if fast:
            self.hub.add_reader(connection.sock, foreman.flush)  # instead of kombu's, which reads one message
        foreman.connected(inbox, Prefetch(self.task_consumer, foreman.gate, inbox, native=native))
        return take_message

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """A message that is no JSON: Celery would acknowledge it and forget it."""
        inbox = self.foreman.gate.inbox
        if inbox is not None:
            queue = str(message.delivery_info.get("routing_key", ""))
            self._park(inbox, message.delivery_tag, parked(queue, message.headers, message.body or b""), exc)
            self.foreman.schedule_flush()

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Nothing was connected; `ensure_connected` will say what it waits for."""

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """What runs goes on, and is acknowledged when the broker delivers it again."""
        log.warning("the connection to the broker is lost", reason=str(exc) or type(exc).__name__)
        self.foreman.disconnected()
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.collect(socket_timeout=1.0)

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, however long it takes, without stopping the loop: tasks that run need it."""
        outage = Outage(self.hub, conn, register=self.controller.register_with_event_loop)
        while not outage.try_to_connect():
            outage.wait(state.maybe_shutdown)
        self.first_connection_attempt = False
        self.broker_connection_retry_attempt = 0
        return conn

    def _park(self, inbox: Inbox, tag: Any, message: bytes, reason: object) -> None:
        name = f"unreadable-{int(time.time())}-{uuid4().hex[:12]}"
        log.error("a message that is no task is parked", parked=name, reason=str(reason))
        inbox.track(tag)
        self.foreman.gate.park(inbox, tag, name, message)
