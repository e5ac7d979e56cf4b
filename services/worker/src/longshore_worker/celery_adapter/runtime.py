"""The runtime: puts a worker's parts together and calls each when it is time.

Everything here runs in the thread of Celery's event loop (the *hub*), but for the reporter.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from amqp.exceptions import AMQPError
from celery.worker import state as celery_state

from longshore.catalogue import TaskSpec, definition_of
from longshore.settings import Settings
from longshore_ledger import Ledger
from longshore_ledger.records import new_worker_id
from longshore_worker.celery_adapter import prefetch
from longshore_worker.celery_adapter.celery_events import CeleryEvents
from longshore_worker.celery_adapter.pools import Prefork
from longshore_worker.celery_adapter.prefetch import Prefetch
from longshore_worker.celery_adapter.wake import Wake
from longshore_worker.dispatch import job_watchdog
from longshore_worker.dispatch.definitions import Definitions
from longshore_worker.dispatch.deliveries import Inbox
from longshore_worker.dispatch.dispatcher import Dispatcher
from longshore_worker.dispatch.drain import Drain
from longshore_worker.dispatch.heartbeat import HeartbeatProcess
from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.isolation import Isolation
from longshore_worker.dispatch.job_watchdog import JobWatchdog
from longshore_worker.dispatch.liveness import Liveness
from longshore_worker.dispatch.measures import Measures
from longshore_worker.dispatch.outcomes import NoEvents, Outcomes
from longshore_worker.dispatch.peers import Peers
from longshore_worker.dispatch.reporter import HeartbeatReporter
from longshore_worker.dispatch.stalls import Stalls
from longshore_worker.dispatch.state import State
from longshore_worker.execution import orphans
from longshore_worker.execution.orphans import Orphans
from longshore_worker.execution.result_slots import ResultSlots

SPARE = 8
"""Result slots beyond those that jobs need: a job that was taken back keeps its own until a child has
seen it.
"""


class Runtime:
    """The parts of one worker. `watched`: Celery's own tools are to see its tasks."""

    def __init__(
        self,
        hub: Any,
        pool: Any,
        settings: Settings,
        ledger: Ledger,
        open_ledger: Callable[[], Ledger],
        about: dict[str, Any],
        specs: Mapping[str, TaskSpec],
        heartbeat: HeartbeatProcess,
        *,
        watched: bool,
    ) -> None:
        self._hub = hub
        self._pool = pool
        self._ledger = ledger
        self._flush_scheduled = False
        self._signalled = False
        self._prefetch: Prefetch | None = None
        self.measures = Measures()
        self._run_events = CeleryEvents() if watched else NoEvents()
        state = self.state = State(new_worker_id())
        outcomes = Outcomes(state, settings.result_limit, self.measures, self._run_events)
        self.in_flight = InFlight(
            state,
            pool=pool,
            # Before the pool is there: the children inherit it.
            result_slots=ResultSlots.create(pool.limit * 4 + SPARE, settings.result_limit),
            outcomes=outcomes,
            note=self.schedule_flush,
        )
        self._isolation = Isolation(state.held)
        peers = Peers(state.worker)
        self.dispatcher = Dispatcher(
            state,
            ledger.runs,
            in_flight=self.in_flight,
            outcomes=outcomes,
            isolation=self._isolation,
            timeouts={name: spec.timeout for name, spec in specs.items()},
            definitions=Definitions(specs, ledger.catalogue, peers),
            later=self._later,
            measures=self.measures,
        )
        self._watchdog = JobWatchdog(state, self.in_flight, outcomes, Stalls(state, pool, self.measures))
        self._drain = Drain(
            state,
            self.in_flight,
            outcomes,
            settings.drain_seconds,
            idle=lambda: self.dispatcher.idle,
            left=self._leave,
        )
        self._reporter = HeartbeatReporter(
            state,
            peers,
            heartbeat,
            open_ledger,
            settings.heartbeat_seconds,
            about
            | {
                "tasks": sorted(specs),
                "definitions": {name: definition_of(spec) for name, spec in specs.items()},
            },
            hub.call_soon,
            self._watchdog.cancel,
            self._begin_to_drain,
        )
        self.liveness = Liveness(state, self.in_flight, self._isolation)
        self.has_consumed = False
        """Whether the broker has ever let us consume: an outage later takes nobody out of service."""
        self._orphans: Orphans | None = None  # only where children are processes
        self._last_children: set[int] = set()
        self._wake = Wake(hub)
        self._looking: Any = None

    # When

    def start(self) -> None:
        """The pool is there; the consumer is not yet."""
        hub = self._hub
        pool = self._pool
        if isinstance(pool, Prefork):
            self._orphans = Orphans(lambda: pool.children)
            pool.when_one_ends(self._end_orphans_of)
            hub.call_repeatedly(1.0, self._orphans.reap)
        self._reporter.start()
        hub.call_repeatedly(prefetch.EVERY, self._heard(self._adapt))
        hub.call_repeatedly(1.0, self.liveness.beat)
        self.liveness.beat()

    def register(self) -> None:
        """The hub has forgotten its readers, and perhaps what it was to call soon; or it is new."""
        self._wake.listen()
        self._flush_scheduled = False
        self.schedule_flush()

    def connected(self, consumer: Any, inbox: Inbox, *, native: bool) -> None:
        """The broker delivers to our consumer, `native` where it speaks AMQP."""
        limits = self._prefetch = Prefetch(
            consumer.task_consumer,
            inbox,
            self.state,
            self.in_flight,
            self._isolation,
            consumer.refused_queues,
            native=native,
        )
        self.dispatcher.attach(inbox)
        self.has_consumed = True
        if isinstance(self._run_events, CeleryEvents):
            self._run_events.consumer = consumer
        if self._drain.begun:
            limits.stop()

    def disconnected(self) -> None:
        """The broker is gone. Celery's hub forgets its timers and readers with it."""
        self._prefetch = None
        self.dispatcher.detach()

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
        self.dispatcher.flush(thoroughly=thoroughly)
        self.measures.held = len(self.state.held)
        if self.state.jobs or self.state.waiting:
            self._look_later()
        if self._drain.begun:
            self._drain.check()

    def _look_later(self) -> None:
        looking = self._looking
        if looking is None or looking.canceled:  # the hub cancels timers when a connection is lost
            self._looking = self._later(job_watchdog.EVERY, self._look)

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
        self._watchdog.look()
        if self._drain.begun:
            self._drain.check()
        self.flush(thoroughly=True)

    def _adapt(self) -> None:
        if self._prefetch is not None:
            self._prefetch.look()
        self.flush()  # whatever else is to call it may have been forgotten together with a connection

    def _stop(self) -> None:
        """By a signal. What an operator asked for does not count: only the second signal makes it hurry."""
        if self._signalled:
            self._drain.hurry()
        self._signalled = True
        self._begin_to_drain()

    def _begin_to_drain(self) -> None:
        """Begin, if that has not been done: whoever asks from afar asks with every beat."""
        if not self._drain.begun:
            if self._prefetch is not None:
                self._prefetch.stop()
            self._drain.begin(time.monotonic())
        self.flush()
        self._look_later()

    def end_orphans(self) -> None:
        """The pool is gone: end what it has left, but for what it may leave."""
        if self._orphans is not None:
            for pid in self._last_children:
                self._orphans.left_by(pid, None)
            self._orphans.end_all()

    def _end_orphans_of(self, pid: int) -> None:
        """A child has ended: so does what it has started, but for what it may leave."""
        assert self._orphans is not None
        self._orphans.left_by(pid, self.in_flight.seconds_on(pid))
        self._end_orphans()

    def _end_orphans(self) -> None:
        if self._orphans is not None and self._orphans.end():
            self._later(orphans.EVERY, self._end_orphans)

    def _leave(self) -> None:
        """Nothing is in our hands any more."""
        if isinstance(self._pool, Prefork):
            self._last_children = self._pool.children
        self._reporter.stop()
        self.liveness.end()
        self._drain.say_goodbye(self._ledger.runs, self.state.worker)
        celery_state.should_stop = 0
