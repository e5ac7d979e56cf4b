"""A ledger, a broker and a clock that do as they are told, for the relay's rarer moments."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from longshore.errors import BrokerUnavailable, LedgerUnavailable, QueueRefused
from longshore_broker import Message, Ref, Server, Settled
from longshore_ledger.records import Claimed


def claimed(id: str) -> Claimed:
    """A task of that id."""
    return Claimed(id=id, run=f"run-{id}", task="add", args=b"[]", priority=4, timeout=None, chunk=False)


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@dataclass
class StubWaker:
    """Waits by moving the clock; rings when told to."""

    clock: Clock
    waits: list[float] = field(default_factory=list)
    fds: list[int | None] = field(default_factory=list)
    ring: bool = False
    closed: bool = False

    def wait(self, fd: int | None, timeout: float) -> bool:
        self.waits.append(round(timeout, 6))
        self.fds.append(fd)
        if self.ring:
            self.ring = False
            return True
        self.clock.now += timeout
        return False

    def close(self) -> None:
        self.closed = True


class StubOutbox:
    """Ready tasks by queue; remembers what it was told."""

    def __init__(self) -> None:
        self.ready: dict[str, deque[str]] = defaultdict(deque)
        self.claims: list[tuple[str, int, int]] = []
        self.confirmed: list[tuple[str, str]] = []
        self.confirms = 0
        self.given_back: list[tuple[str, str]] = []
        self.moves = 0
        self.looks = 0
        self.away = False
        self.broken: str | None = None
        """A task whose record breaks the script that confirms it."""

    def move_due(self) -> int:
        self._answer()
        self.moves += 1
        return 0

    def backlog(self) -> dict[str, int]:
        self._answer()
        self.looks += 1
        return {queue: len(ids) for queue, ids in self.ready.items()}

    def claim(self, queue: str, limit: int, window: int) -> list[Claimed]:
        self._answer()
        self.claims.append((queue, limit, window))
        ids = self.ready[queue]
        return [claimed(ids.popleft()) for _ in range(min(limit, window, len(ids)))]

    def confirm(self, queue: str, copies: list[tuple[str, str]]) -> int:
        self._answer()
        if self.broken in {id for id, _ in copies}:
            raise ValueError("a script failed")
        self.confirms += 1
        self.confirmed += [(queue, id) for id, _ in copies]
        return len(copies)

    def give_back(self, queue: str, copies: list[tuple[str, str]]) -> int:
        self._answer()
        assert all(run == f"run-{id}" for id, run in copies)
        self.given_back += [(queue, id) for id, _ in copies]
        return len(copies)

    def _answer(self) -> None:
        if self.away:
            raise LedgerUnavailable(url="redis://stub", reason="told so")


class StubMaintenance:
    """The broker's facts."""

    def __init__(self) -> None:
        self.facts: dict[str, dict[str, Any]] = {"": {"away": None}}
        self.refused: dict[str, str] = {}
        self.asked = 0

    def record_refusal(self, queue: str, reason: str | None) -> None:
        if reason is None:
            self.refused.pop(queue, None)
        else:
            self.refused[queue] = reason

    def broker(self) -> dict[str, dict[str, Any]]:
        self.asked += 1
        return self.facts


class StubLedger:
    """The parts that the relay uses."""

    def __init__(self) -> None:
        self.outbox = StubOutbox()
        self.maintenance = StubMaintenance()


class StubPublisher:
    """A broker that answers when told to."""

    def __init__(self) -> None:
        self.server = Server("Stub", "1", "list")
        self.connects = 0
        self.declared: list[str] = []
        self.refuses: set[str] = set()
        self.breaks_on: set[str] = set()
        self.published: list[Ref] = []
        self.waiting: list[Ref] = []
        self.answers: list[Settled] = []
        self.breaks_after: int | None = None
        self.away = False
        self.blocked: str | None = None
        self.settles: list[float] = []

    @property
    def unsettled(self) -> int:
        return len(self.waiting)

    def connect(self) -> Server:
        self._answer()
        self.connects += 1
        return self.server

    def declare(self, queue: str) -> None:
        self._answer()
        if queue in self.breaks_on:
            raise BrokerUnavailable(reason="told so")
        if queue in self.refuses:
            raise QueueRefused(queue=queue, reason="told so")
        self.declared.append(queue)

    def publish(self, queue: str, message: Message) -> None:
        ref = Ref(queue, message.id, message.run)
        self.waiting.append(ref)
        if self.breaks_after is not None:
            self.breaks_after -= 1
            self.away = self.breaks_after <= 0
        self._answer()
        self.published.append(ref)

    def settle(self, timeout: float) -> Settled:
        self._answer()
        self.settles.append(timeout)
        settled = self.answers.pop(0) if self.answers else Settled()
        for ref in settled.confirmed + settled.refused:
            self.waiting.remove(ref)
        return settled

    def fileno(self) -> int:
        return 42

    def close(self) -> list[Ref]:
        lost, self.waiting = self.waiting, []
        return lost

    def confirm_all(self) -> None:
        self.answers.append(Settled(confirmed=list(self.waiting)))

    def _answer(self) -> None:
        if self.away:
            raise BrokerUnavailable(reason="told so")
