"""Where ledger and broker meet: everything that a test of the scheduler does on one queue."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import count
from typing import Any

import kombu
from prometheus_client import CollectorRegistry

from longshore_broker import MARKER, NO_QUEUE, TRANSPORT_OPTIONS, is_embedded, open_publisher
from longshore_ledger import Ledger
from longshore_ledger.records import NewTask, StartAsk, Verdict, new_worker_id, payload_digest
from longshore_scheduler.losses import Losses
from longshore_scheduler.measures import RelayMeasures
from longshore_scheduler.relay import Relay
from longshore_scheduler.waker import Waker
from longshore_scheduler.watch import Watch
from tests.contract.broker.reading import reading
from tests.services.waiting import eventually

PATIENCE = 0.3
"""How long a watch of the harness waits before copies count as lost, s."""


class Harness:
    """A ledger, a broker, one queue, and who works on them. What it opens it closes."""

    def __init__(self, ledger: Ledger, broker_url: str, queue: str) -> None:
        self.ledger = ledger
        self.broker_url = broker_url
        self.queue = queue
        self._opened = ExitStack()
        self._look = self._opened.enter_context(closing(open_publisher(broker_url)))
        self._look.connect()
        self._reader = self._opened.enter_context(reading(broker_url))
        self._numbers = count()
        self._worker = new_worker_id()

    def close(self) -> None:
        """Close all that was opened."""
        self._opened.close()

    def relay(self, window: int = 1000, ledger: Ledger | None = None) -> Relay:
        """A relay, to be stepped; on a connection to the ledger of its own if one is given."""
        relay = Relay(
            ledger or self.ledger,
            open_publisher(self.broker_url),
            Waker(self.ledger.outbox.wait),
            RelayMeasures(CollectorRegistry()),
            window=window,
        )
        self._opened.callback(relay.close)
        return relay

    def watch(self, blocked: Callable[[], str | None] = lambda: None) -> Watch:
        """A watch of little patience, to be stepped."""
        watch = Watch(self.ledger, open_publisher(self.broker_url), blocked, Losses(settled_for=PATIENCE))
        self._opened.callback(watch.close)
        return watch

    def submit(self, tasks: int = 1, **fields: object) -> list[str]:
        """Submit that many tasks with the fields given; returns their ids."""
        new = [
            NewTask(
                **{  # type: ignore[arg-type]
                    "id": f"task-{next(self._numbers)}",
                    "task": "add",
                    "queue": self.queue,
                    "args": b"[1,2]",
                    "digest": payload_digest(b"[1,2]"),
                    **fields,
                }
            )
            for _ in range(tasks)
        ]
        self.ledger.intake.submit(new)
        return [task.id for task in new]

    def states(self) -> dict[str, int]:
        """Number of tasks in each state that has some."""
        return {state: n for state, n in self.ledger.views.counts()[self.queue].items() if n}

    def ready(self) -> int:
        """Copies ready in the broker."""
        return self._look.depth(self.queue).ready

    def exists(self) -> bool:
        """Whether the broker has the queue."""
        return self._look.depth(self.queue) is not NO_QUEUE

    def marked(self) -> bool:
        """Whether the broker has its marker."""
        return self._look.has_epoch()

    def step_until(self, relay: Relay, **states: int) -> None:
        """Step a relay until the tasks are in these states, as many and no other: `QUEUED=5`."""
        eventually(lambda: (relay.step(), self.states() == states)[1])

    def read(self, copies: int) -> list[Any]:
        """Take copies out of the broker, as a worker does."""
        return self._reader.read(self.queue, copies)

    def start(self, *messages: Any) -> list[Verdict]:
        """Ask, as a worker, whether copies may run."""
        self.beat()
        asks = [
            StartAsk(message.headers["id"], message.headers["run"], f"{self._worker}.{next(self._numbers)}")
            for message in messages
        ]
        return [answer.verdict for answer in self.ledger.runs.start(self._worker, asks)]

    def beat(self, held: int = 0) -> None:
        """Live, as a worker that holds so many copies."""
        self.ledger.runs.beat(self._worker, {"queues": [self.queue], "held": {self.queue: held}})

    def empty(self) -> None:
        """Purge the queue, as an operator would."""
        self._channel().queue_purge(self.queue)

    def wipe(self) -> None:
        """Purge the queue and the marker: the broker lost everything."""
        self.empty()
        if is_embedded(self.broker_url):
            self._channel().queue_purge(MARKER)
        else:
            self._channel().queue_delete(MARKER)

    def _channel(self) -> Any:
        options = TRANSPORT_OPTIONS if is_embedded(self.broker_url) else {}
        connection = kombu.Connection(self.broker_url, transport_options=options)
        return self._opened.enter_context(connection).channel()
