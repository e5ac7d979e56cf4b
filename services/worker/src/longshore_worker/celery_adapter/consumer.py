"""Celery's consumer, with its deliveries led to the dispatcher.

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
from celery.worker.consumer import Consumer, Control, Tasks

from longshore.errors import QueueRefused
from longshore_worker.celery_adapter.outage import Outage
from longshore_worker.celery_adapter.wire import Wire
from longshore_worker.dispatch.deliveries import Copy, Inbox, Unreadable, parked

if TYPE_CHECKING:
    from longshore_worker.celery_adapter.runtime import Runtime

log = structlog.get_logger()


class QuietTasks(Tasks):
    """The step that declares the queues; how much is fetched from each is `Prefetch`'s business.

    Celery declares all of them and none; here a queue that the broker refuses is left out until it does not.
    """

    def start(self, c: Any) -> None:
        """Consume from the queues that there are."""
        queues, channel = c.app.amqp.queues, c.connection.default_channel
        c.refused_queues = []
        for queue in queues.values():
            try:
                queue(channel).declare()
            except QueueRefused as refusal:
                log.warning("queue refused", queue=queue.name, reason=refusal.fields["reason"])
                c.refused_queues.append(queue)
        refused = {queue.name for queue in c.refused_queues}
        queues.select([name for name in queues if name not in refused])
        super().start(c)

    def qos_global(self, c: Any) -> bool:  # noqa: ARG002
        """Never: quorum queues refuse it, and a limit of each consumer's own suits classic ones as well."""
        return False


class ControlAfterTasks(Control):
    """Remote control, after the step above: what Celery's own requires would be a step as well."""

    requires: Final = (QuietTasks,)


class LongshoreConsumer(Consumer):
    """One for the life of the worker; each connection to the broker gets an inbox."""

    class Blueprint(Consumer.Blueprint):
        """Celery's steps but for what needs gossip, remote clocks or Celery's own delays."""

        default_steps: Final = [
            "celery.worker.consumer.connection:Connection",
            "celery.worker.consumer.events:Events",
            "celery.worker.consumer.heart:Heart",
            "celery.worker.consumer.mingle:Mingle",
            "longshore_worker.celery_adapter.consumer:QuietTasks",
            "longshore_worker.celery_adapter.consumer:ControlAfterTasks",
            "celery.worker.consumer.consumer:Evloop",
        ]

    connection: Any  # None while there is none
    refused_queues: list[Any]
    """Those that the broker does not have and does not take."""

    @property
    def runtime(self) -> "Runtime":
        """The worker's other parts."""
        runtime: Runtime = self.controller.runtime
        return runtime

    def create_task_handler(self, *_: Any, **__: Any) -> Callable[[Any], None]:
        """Called by the loop for each connection: what it returns takes every delivery."""
        runtime, connection = self.runtime, self.connection.connection
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
            runtime.schedule_flush()

        def drain_slowly() -> None:
            with suppress(TimeoutError):
                while True:
                    self.connection.drain_events(timeout=0)

        drain = None
        if native:
            drain = Wire(connection, channel, receive, take).drain if fast else drain_slowly
        inbox = Inbox(channel, drain)
        if fast:
            self.hub.add_reader(connection.sock, runtime.flush)  # instead of kombu's, which reads one message
        runtime.connected(self, inbox, native=native)
        return take_message

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """A message that is no JSON: Celery would acknowledge it and forget it."""
        inbox = self.runtime.state.inbox
        if inbox is not None:
            queue = str(message.delivery_info.get("routing_key", ""))
            self._park(inbox, message.delivery_tag, parked(queue, message.headers, message.body or b""), exc)
            self.runtime.schedule_flush()

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Nothing was connected; `ensure_connected` will say what it waits for."""

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """What runs goes on, and is acknowledged when the broker delivers it again."""
        log.warning("the connection to the broker is lost", reason=str(exc) or type(exc).__name__)
        self.runtime.disconnected()
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
        self.runtime.dispatcher.park(inbox, tag, name, message)
