"""The foreman: puts a worker's parts together and calls each when it is time.

Everything here runs in the thread of Celery's event loop (the *hub*), but for the heart.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from amqp.exceptions import AMQPError
from celery import bootsteps
from celery.worker import state

from longshore.ledger import Ledger
from longshore.ledger.records import new_worker_id
from longshore.settings import Settings
from longshore_worker import prefetch, watch
from longshore_worker.board import Board
from longshore_worker.drain import Drain
from longshore_worker.gate import Gate
from longshore_worker.heart import Heart
from longshore_worker.inbox import Inbox
from longshore_worker.measures import Measures
from longshore_worker.prefetch import Prefetch
from longshore_worker.probe import Pulse
from longshore_worker.wake import Wake
from longshore_worker.watch import Watch
from longshore_worker.witness import CeleryWitness, Nobody

if TYPE_CHECKING:
    from longshore_worker.worker import LongshoreWorker

SPARE = 8
"""Slots of the board beyond those that jobs need: a job that was taken back keeps its own until a child has
seen it.
"""


class Foreman:
    """The parts of one worker."""

    def __init__(
        self,
        worker: "LongshoreWorker",
        settings: Settings,
        ledger: Ledger,
        open_ledger: Callable[[], Ledger],
        about: dict[str, Any],
        timeouts: dict[str, float | None],
    ) -> None:
        self.id = new_worker_id()
        self._hub = worker.hub
        self._worker = worker
        self._settings = settings
        self._ledger = ledger
        self._flush_scheduled = False
        self._signalled = False
        self._prefetch: Prefetch | None = None
        self.measures = Measures()
        self.witness = CeleryWitness() if worker.task_events else Nobody()
        # Before the pool is there: the children inherit it.
        self.board = Board.create(worker.pool.limit * 4 + SPARE, settings.result_limit)
        self.gate = Gate(
            self.id,
            ledger.runs,
            pool=worker.pool,
            board=self.board,
            timeouts=timeouts,
            later=self._later,
            note=self.schedule_flush,
            measures=self.measures,
            witness=self.witness,
        )
        self.watch = Watch(self.gate)
        self.drain = Drain(self.gate, self.watch, settings.drain_seconds, self._leave)
        self.heart = Heart(
            self.gate,
            open_ledger,
            settings.heartbeat_seconds,
            about | {"tasks": sorted(timeouts)},
            self._hub.call_soon,
            self.watch.cancel,
            self._drain,
        )
        self.pulse = Pulse(self.gate)
        self.has_consumed = False
        """Whether the broker has ever let us consume: an outage later takes nobody out of service."""
        self._wake = Wake(self._hub)
        self._looking: Any = None

    # When

    def start(self) -> None:
        """The pool is there; the consumer is not yet."""
        hub = self._hub
        self.heart.start()
        hub.call_repeatedly(prefetch.EVERY, self._heard(self._adapt))
        hub.call_repeatedly(1.0, self.pulse.beat)
        self.pulse.beat()

    def register(self) -> None:
        """The hub has forgotten its readers, and perhaps what it was to call soon; or it is new."""
        self._wake.listen()
        self._flush_scheduled = False
        self.schedule_flush()

    def connected(self, inbox: Inbox, limits: Prefetch) -> None:
        """The broker delivers."""
        self._prefetch = limits
        self.gate.attach(inbox)
        self.has_consumed = True
        if isinstance(self.witness, CeleryWitness):
            self.witness.consumer = self._worker.consumer
        if self.drain.begun:
            limits.stop()

    def disconnected(self) -> None:
        """The broker is gone. Celery's hub forgets its timers and readers with it."""
        self._prefetch = None
        self.gate.detach()

    def schedule_flush(self) -> None:
        """Something arrived or ended: flush when the loop comes round. From any thread of the pool's."""
        if not self._flush_scheduled:
            self._flush_scheduled = True
            self._hub.call_soon(self.flush)

    def stop_soon(self) -> None:
        """Drain; the second time, at once. From a signal's handler."""
        self._wake.call(self._stop)

    # What

    def flush(self, *, thoroughly: bool = False) -> None:
        """Flush now, and see to what follows from it."""
        self._flush_scheduled = False
        self.gate.flush(thoroughly=thoroughly)
        self.measures.in_flight = len(self.gate.held)
        if self.gate.floor.jobs or self.gate.account.waiting:
            self._look_later()
        if self.drain.begun:
            self.drain.check()

    def _look_later(self) -> None:
        looking = self._looking
        if looking is None or looking.canceled:  # the hub cancels timers when a connection is lost
            self._looking = self._later(watch.EVERY, self._look)

    def _later(self, seconds: float, function: Callable[[], None]) -> Any:
        return self._hub.call_later(seconds, self._heard(function))

    def _heard(self, function: Callable[[], None]) -> Callable[[], None]:
        """Let the broker's refusals be heard from a timer, too.

        The hub logs what a timer raises, but for errors of the connection; py-amqp opens a refused channel
        again, without its consumers, and the worker would wait for deliveries for ever.
        """

        def call() -> None:
            try:
                function()
            except AMQPError as error:
                self.disconnected()
                raise ConnectionResetError(str(error)) from error

        return call

    def _look(self) -> None:
        self._looking = None
        self.watch.look()
        if self.drain.begun:
            self.drain.check()
        self.flush(thoroughly=True)

    def _adapt(self) -> None:
        if self._prefetch is not None:
            self._prefetch.look()
        self.flush()  # whatever else is to call it may have been forgotten together with a connection

    def _stop(self) -> None:
        """By a signal. What an operator asked for does not count: only the second signal makes it hurry."""
        if self._signalled:
            self.drain.hurry()
        self._signalled = True
        self._drain()

    def _drain(self) -> None:
        """Begin, if that has not been done: whoever asks from afar asks with every beat."""
        if not self.drain.begun:
            if self._prefetch is not None:
                self._prefetch.stop()
            self.drain.begin(time.monotonic())
        self.flush()
        self._look_later()

    def _leave(self) -> None:
        """Nothing is in our hands any more."""
        self.heart.stop()
        self.pulse.end()
        self.drain.say_goodbye(self._ledger.runs, self.id)
        state.should_stop = 0


class ForemanStep(bootsteps.StartStopStep):
    """Makes the foreman before the pool starts, and starts him after it."""

    requires = ("celery.worker.components:Pool",)
    label = "Foreman"

    def create(self, w: "LongshoreWorker") -> Any:
        """Called when the pool is made, and not started."""
        w.make_foreman()
        return self

    def start(self, w: "LongshoreWorker") -> None:
        """Called when the pool is started."""
        w.foreman.start()

    def register_with_event_loop(self, w: "LongshoreWorker", hub: Any) -> None:  # noqa: ARG002
        """Called for each connection, and while there is none."""
        w.foreman.register()

    def stop(self, w: "LongshoreWorker") -> None:
        """Called at the end."""
