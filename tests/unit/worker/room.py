"""A pool that runs nothing by itself, and a ledger that says yes: what the gate's tests stand on."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from longshore.ledger.records import Finish, FinishLines, Release, StartAnswer, StartAsk, Verdict
from longshore.ledger.runs import Committed
from longshore_worker.board import Board, Kind, Slot
from longshore_worker.child import Item
from longshore_worker.copy import Copy
from longshore_worker.gate import Gate
from longshore_worker.inbox import Inbox
from longshore_worker.measures import Measures
from longshore_worker.witness import Nobody
from tests.services.waiting import eventually


class Sent:
    """A job that the pool was given. The test plays the child."""

    def __init__(self, slot: Slot, serial: int, items: list[Item], done: Callable[[], None]) -> None:
        self.slot = slot
        self.items = items
        self.done = done
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
    """`pools.Pool`, played by the test."""

    kills = True

    def __init__(self, board: Board, limit: int) -> None:
        self.limit = limit
        self.sent: list[Sent] = []
        self.killed = 0
        self._board = board

    def send(self, function: Callable[..., None], args: tuple[Any, ...], done: Callable[[], None]) -> None:
        """Keep the job for the test."""
        del function
        place, number, serial, items = args
        assert place == self._board.place
        self.sent.append(Sent(self._board.slots[number], serial, items, done))

    def kill(self, pid: int) -> None:
        """Count."""
        assert pid
        self.killed += 1


class StubRuns:
    """`ledger.runs`, as far as the gate asks it: yes to everything, unless told otherwise."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.fenced: set[str] = set()
        self.offset = -1
        self.asked: list[StartAsk] = []
        self.finished: list[Finish] = []
        self.lines: list[FinishLines] = []
        self.released: list[Release] = []
        self.parked: dict[str, bytes] = {}
        self.away: Exception | None = None
        self.commits = 0

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
                StartAnswer(self.verdicts.get(ask.id, Verdict.RUN), 1, 1, self.offset, careful=False)
                for ask in starts
            ],
        )

    def park(self, copies: dict[str, bytes]) -> None:
        """Note."""
        self.parked |= copies


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


class Room:
    """A gate with everything around it played by the test."""

    def __init__(self, children: int = 2, timeouts: dict[str, float | None] | None = None) -> None:
        self.board = Board.create(children * 4 + 4, 1000)
        self.pool = StubPool(self.board, children)
        self.runs = StubRuns()
        self.later: list[Callable[[], None]] = []
        self.gate = Gate(
            "worker01",
            self.runs,  # type: ignore[arg-type]
            pool=self.pool,
            board=self.board,
            timeouts={"quick": None, "slow": None} if timeouts is None else timeouts,
            later=lambda _, function: self.later.append(function),
            note=lambda: None,
            measures=Measures(),
            witness=Nobody(),
        )
        self.channel = self.connect()
        self._tags = 0

    def flush_until_heard(self) -> None:
        """Flush, as the hub does several times a second, until the ledger was asked again."""

        def heard() -> bool:
            self.gate.flush()
            return not self.gate.ledger_away

        eventually(heard)

    def connect(self) -> StubChannel:
        """A new connection to the broker."""
        self.channel = StubChannel()
        self.inbox = Inbox(self.channel, lambda: None)
        self.gate.attach(self.inbox)
        return self.channel

    def deliver(self, task: str = "quick", id: str = "", run: str = "r1", **headers: Any) -> Copy:
        """The broker delivers a copy."""
        self._tags += 1
        known = {"task": task, "id": id or uuid4().hex, "run": run} | headers
        copy = Copy(self.inbox, self._tags, task, False, known, b"[[],{},{}]")
        self.inbox.receive(copy)
        return copy

    def learn(self, task: str, seconds: float) -> None:
        """Let the gate have seen many runs of a task."""
        for _ in range(50):
            self.gate.pace.observe(task, seconds)
