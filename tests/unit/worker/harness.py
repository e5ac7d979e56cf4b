"""A pool that runs nothing by itself, and a ledger that says yes: what the dispatcher's tests stand on."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from longshore.catalogue import Specs, TaskSpec
from longshore_ledger.records import Finish, FinishLines, Release, StartAnswer, StartAsk, Verdict
from longshore_ledger.runs import Committed
from longshore_worker.celery_adapter.prefetch import Prefetch
from longshore_worker.dispatch.definitions import Definitions
from longshore_worker.dispatch.deliveries import Copy, Inbox
from longshore_worker.dispatch.dispatcher import Dispatcher
from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.isolation import Isolation
from longshore_worker.dispatch.job_watchdog import JobWatchdog
from longshore_worker.dispatch.liveness import Liveness
from longshore_worker.dispatch.measures import Measures
from longshore_worker.dispatch.outcomes import NoEvents, Outcomes
from longshore_worker.dispatch.peers import Peers
from longshore_worker.dispatch.stalls import Stalls
from longshore_worker.dispatch.state import State
from longshore_worker.execution.child import Item, JobArgs
from longshore_worker.execution.result_slots import Kind, ResultSlots, Slot
from tests.services.waiting import eventually


class Sent:
    """A job that the pool was given. The test plays the child."""

    def __init__(self, slot: Slot, serial: int, items: list[Item], done: Callable[[], None]) -> None:
        self.slot = slot
        self.items = items
        self.done = done
        self.taker = 0
        self._serial = serial

    @property
    def ids(self) -> list[str]:
        """Ids of its tasks."""
        return [item.id for item in self.items]

    def begin(self, index: int) -> bool:
        """Begin one item; the first one is when a child takes the job."""
        if not self.slot.pid:
            assert self.slot.open(self._serial)
        return self.slot.begin(index)

    def end(self, index: int, kind: Kind = Kind.SUCCESS, value: bytes = b"1", ms: float = 0.01) -> None:
        """End one item."""
        self.slot.end(index, kind, value, int(ms * 1000))

    def run(self, ms: float = 0.01) -> None:
        """Run everything, and answer."""
        for index in range(len(self.items)):
            if self.begin(index):
                self.end(index, ms=ms)
        self.done()


class StubPool:
    """`in_flight.Pool`, played by the test."""

    kills = True

    def __init__(self, result_slots: ResultSlots, limit: int) -> None:
        self.limit = limit
        self.sent: list[Sent] = []
        self.killed = 0
        self.last_killed = 0
        self._result_slots = result_slots

    def send(self, job: JobArgs, done: Callable[[], None]) -> Callable[[], int]:
        """Keep the job for the test, which says in `taker` who was given it."""
        place, number, serial, items = job
        assert place == self._result_slots.place
        self.sent.append(sent := Sent(self._result_slots.slots[number], serial, items, done))
        return lambda: sent.taker

    def kill(self, pid: int) -> None:
        """Count."""
        assert pid
        self.killed += 1
        self.last_killed = pid

    def end_started(self, serial: int, seconds: float) -> bool:
        """Nothing has been started."""
        assert serial
        assert seconds >= 0
        return False

    def cause(self, pid: int) -> str:
        """Say how a child ended: always the same way."""
        assert pid
        return "its process exited with status 1"


class StubRuns:
    """`ledger.runs`, as far as the dispatcher asks it: yes to everything, unless told otherwise."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.suspects: set[str] = set()
        self.fenced: set[str] = set()
        self.offset = -1
        self.asked: list[StartAsk] = []
        self.finished: list[Finish] = []
        self.lines: list[FinishLines] = []
        self.released: list[Release] = []
        self.parked: dict[str, bytes] = {}
        self.away: Exception | None = None
        self.commits = 0
        self.has_room = True

    def commit(
        self,
        worker: str,
        *,
        finishes: Sequence[Finish] = (),
        lines: Sequence[FinishLines] = (),
        releases: Sequence[Release] = (),
        starts: Sequence[StartAsk] = (),
    ) -> Committed:
        """Note everything, and answer."""
        assert worker
        if self.away is not None:
            raise self.away
        self.commits += 1
        self.asked += starts
        self.finished += finishes
        self.lines += lines
        self.released += releases
        return Committed(
            finished=[finish.id not in self.fenced for finish in finishes],
            lines=[line.id not in self.fenced for line in lines],
            released=[release.id not in self.fenced for release in releases],
            started=[
                StartAnswer(
                    self.verdicts.get(ask.id, Verdict.RUN),
                    1,
                    1,
                    self.offset,
                    alone=ask.id in self.suspects,
                    suspect=ask.id in self.suspects,
                )
                for ask in starts
            ],
        )

    def may_start(self) -> bool:
        """Whether there is room."""
        return self.has_room

    def park(self, copies: dict[str, bytes]) -> list[str]:
        """Note."""
        self.parked |= copies
        return []


class StubChannel:
    """A channel that notes what is acknowledged."""

    def __init__(self) -> None:
        self.acked: list[tuple[Any, bool]] = []
        self.rejected: list[Any] = []

    def basic_ack(self, tag: Any, multiple: bool = False) -> None:
        """Note."""
        self.acked.append((tag, multiple))

    def basic_reject(self, tag: Any, requeue: bool = False) -> None:
        """Note."""
        assert requeue
        self.rejected.append(tag)


def _spec(name: str) -> TaskSpec:
    return TaskSpec(name=name, queue=name, schema={"type": "object"}, parameters=())


class StubCatalogue:
    """What others have published."""

    def __init__(self) -> None:
        self.specs = Specs({}, {})

    def read(self, *, fresh: bool = False) -> Specs:
        """Nothing, unless the test says so."""
        assert fresh
        return self.specs


class Harness:
    """A dispatcher with everything around it played by the test."""

    def __init__(self, children: int = 2, timeouts: dict[str, float | None] | None = None) -> None:
        self.result_slots = ResultSlots.create(children * 4 + 4, 1000)
        self.pool = StubPool(self.result_slots, children)
        self.runs = StubRuns()
        self.catalogue = StubCatalogue()
        known = {"quick": None, "slow": None} if timeouts is None else timeouts
        self.later: list[Callable[[], None]] = []
        self.broken: set[str] = set()
        """Kinds of words on which the ledger's scripts fail, for those who have them fail."""
        self.state = State("worker01")
        measures = Measures()
        self.outcomes = Outcomes(self.state, self.result_slots.place.result_limit, measures, NoEvents())
        self.in_flight = InFlight(
            self.state,
            pool=self.pool,
            result_slots=self.result_slots,
            outcomes=self.outcomes,
            note=lambda: None,
        )
        self.isolation = Isolation(self.state.held)
        self.stalls = Stalls(self.state, self.pool, measures)
        self.peers = Peers("worker01")
        self.dispatcher = Dispatcher(
            self.state,
            self.runs,  # type: ignore[arg-type]
            in_flight=self.in_flight,
            outcomes=self.outcomes,
            isolation=self.isolation,
            timeouts=known,
            definitions=Definitions(
                {name: _spec(name) for name in known},
                self.catalogue,  # type: ignore[arg-type]
                self.peers,
            ),
            later=lambda _, function: self.later.append(function),
            measures=measures,
        )
        self.channel = self.connect()
        self._tags = 0

    def watchdog(self) -> JobWatchdog:
        """One that looks at its jobs."""
        return JobWatchdog(self.state, self.in_flight, self.outcomes, self.stalls)

    def liveness(self) -> Liveness:
        """Whether it is alive."""
        return Liveness(self.state, self.in_flight, self.isolation)

    def prefetch(self, consumer: object, *, native: bool) -> Prefetch:
        """The limits of a consumer."""
        return Prefetch(consumer, self.inbox, self.state, self.in_flight, self.isolation, native=native)

    def flush_until(self, condition: Callable[[], object]) -> None:
        """Flush, as the hub does several times a second."""

        def holds() -> object:
            self.dispatcher.flush()
            return condition()

        eventually(holds)

    def flush_until_heard(self) -> None:
        """Flush until the ledger was asked again."""
        self.flush_until(lambda: not self.state.ledger_away)

    def connect(self) -> StubChannel:
        """A new connection to the broker."""
        self.channel = StubChannel()
        self.inbox = Inbox(self.channel, lambda: None)
        self.dispatcher.attach(self.inbox)
        return self.channel

    def deliver(self, task: str = "quick", id: str = "", run: str = "r1", **headers: Any) -> Copy:
        """The broker delivers a copy."""
        self._tags += 1
        known = {"task": task, "id": id or uuid4().hex, "run": run} | headers
        copy = Copy(self.inbox, self._tags, task, False, known, b"[[],{},{}]")
        self.inbox.receive(copy)
        return copy

    def learn(self, task: str, seconds: float) -> None:
        """Let the dispatcher have seen many runs of a task."""
        for _ in range(50):
            self.state.estimates.observe(task, seconds)
