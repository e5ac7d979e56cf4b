"""Those who act on a ledger, without a broker between them: a relay, workers, and the passing of time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from longshore_ledger import Ledger
from longshore_ledger.records import (
    Admission,
    BeatAnswer,
    Claimed,
    Finish,
    FinishLines,
    NewTask,
    Outcome,
    Reaped,
    Release,
    StartAnswer,
    StartAsk,
    Verdict,
    payload_digest,
)
from longshore_ledger.shapes import Task
from tests.integration.ledger.clock import Clock

QUEUE = "q"
ERROR = b'{"type":"ValueError","message":"no","traceback":""}'


def new_task(
    id: str, *, args: bytes = b"[1,2]", queue: str = QUEUE, task: str = "add", **more: object
) -> NewTask:
    """A task as the API would submit it."""
    return NewTask(id, task, queue, args, payload_digest(args), **more)  # type: ignore[arg-type]


class Relay:
    """Carries tasks out of the ledger. What it publishes is returned: the test is the broker."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def claim(self, queue: str = QUEUE, limit: int = 500, window: int = 1000) -> list[Claimed]:
        """Lease tasks."""
        return self._ledger.outbox.claim(queue, limit, window)

    def confirm(self, copies: Iterable[Claimed], queue: str = QUEUE) -> int:
        """Tell the ledger that the broker has them."""
        return self._ledger.outbox.confirm(queue, [(copy.id, copy.run) for copy in copies])

    def give_back(self, copies: Iterable[Claimed], queue: str = QUEUE) -> int:
        """Tell the ledger that they did not get there."""
        return self._ledger.outbox.give_back(queue, [(copy.id, copy.run) for copy in copies])

    def publish(self, queue: str = QUEUE, limit: int = 500, window: int = 1000) -> list[Claimed]:
        """Claim, publish, confirm."""
        copies = self.claim(queue, limit, window)
        self.confirm(copies, queue)
        return copies


class Worker:
    """Runs what the ledger lets it run."""

    def __init__(self, ledger: Ledger, id: str) -> None:
        self.id = id
        self.tokens: dict[str, str] = {}
        self._ledger = ledger
        self._numbers = count(1)

    def ask(self, *copies: Claimed) -> list[StartAnswer]:
        """START under new tokens; those of what may run are kept."""
        tokens = [f"{self.id}.{next(self._numbers)}" for _ in copies]
        asks = [StartAsk(copy.id, copy.run, token) for copy, token in zip(copies, tokens, strict=True)]
        answers = self._ledger.runs.start(self.id, asks)
        for ask, answer in zip(asks, answers, strict=True):
            if answer.verdict is Verdict.RUN:
                self.tokens[ask.id] = ask.token
        return answers

    def start(self, *copies: Claimed) -> list[StartAnswer]:
        """START what must be allowed to run."""
        answers = self.ask(*copies)
        assert [answer.verdict for answer in answers] == [Verdict.RUN] * len(copies)
        return answers

    def finish(self, id: str, outcome: Outcome, value: bytes, *, retryable: bool = True) -> bool:
        """FINISH under the token it was last started with."""
        return self._ledger.runs.finish([Finish(id, self.tokens[id], outcome, value, 1500, retryable)])[0]

    def succeed(self, id: str, value: bytes = b"3") -> bool:
        """FINISH with a result."""
        return self.finish(id, Outcome.SUCCESS, value)

    def fail(self, id: str, *, retryable: bool = True) -> bool:
        """FINISH with an error."""
        return self.finish(id, Outcome.FAILURE, ERROR, retryable=retryable)

    def stop(self, id: str) -> bool:
        """FINISH what was cancelled."""
        return self.finish(id, Outcome.REVOKED, b"null")

    def finish_lines(self, id: str, *lines: bytes, runtime_us: int = 1500, crash: bool = False) -> bool:
        """FINISH lines of a chunk."""
        failed = sum(line.startswith(b"!") for line in lines)
        chunk = FinishLines(id, self.tokens[id], list(lines), failed, runtime_us, crash)
        return self._ledger.runs.finish_lines([chunk])[0]

    def release(self, id: str, why: str = "drain", delay: float = 0.0, *, crash: bool = False) -> bool:
        """RELEASE what was started."""
        return self._ledger.runs.release([Release(id, self.tokens[id], why, delay=delay, crash=crash)])[0]

    def refuse(self, copy: Claimed, why: str = "unknown task", delay: float = 0.0) -> bool:
        """RELEASE what was not started."""
        return self._ledger.runs.release([Release(copy.id, "", why, run=copy.run, delay=delay)])[0]

    def beat(self, **info: object) -> BeatAnswer:
        """Say that it lives."""
        return self._ledger.runs.beat(self.id, info)

    def confirm_running(self, *ids: str) -> int:
        """Say that it runs these."""
        return self._ledger.runs.confirm_running(self.id, [(id, self.tokens[id]) for id in ids])


@dataclass
class Harness:
    """A ledger and all who act on it."""

    ledger: Ledger
    clock: Clock
    relay: Relay = field(init=False)
    worker: Worker = field(init=False)
    other: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.relay = Relay(self.ledger)
        self.worker = Worker(self.ledger, "worker01")
        self.other = Worker(self.ledger, "worker02")
        self.clock.jump(-10)  # a new ledger's grace, for who was there before it, ends before the test begins
        self.pass_seconds(10)

    def submit(self, *ids: str, **more: object) -> list[Admission]:
        """Submit tasks of the queue `q`."""
        return self.ledger.intake.submit([new_task(id, **more) for id in ids])  # type: ignore[arg-type]

    def queued(self, *ids: str, **more: object) -> list[Claimed]:
        """Submit tasks and publish them; the copies, in order of submission."""
        self.submit(*ids, **more)
        copies = {copy.id: copy for copy in self.relay.publish()}
        return [copies[id] for id in ids]

    def started(self, id: str, worker: Worker | None = None, **more: object) -> Claimed:
        """Submit a task and start it on `worker`, which has beaten; its copy."""
        worker = worker or self.worker
        worker.beat()
        (copy,) = self.queued(id, **more)
        worker.start(copy)
        return copy

    def finished(self, *ids: str, **more: Any) -> None:
        """Submit tasks and bring them to success."""
        for id in ids:
            self.started(id, **more)
            assert self.worker.succeed(id)

    def failed(self, id: str, **more: Any) -> None:
        """Submit a task and bring it to failure."""
        self.started(id, **more)
        assert self.worker.fail(id, retryable=False)

    def deliver(self, *workers: Worker) -> list[StartAnswer]:
        """Publish what is ready and let the workers (the one) start it, in turns."""
        copies = self.relay.publish()
        workers = workers or (self.worker,)
        return [workers[i % len(workers)].ask(copy)[0] for i, copy in enumerate(copies)]

    def pass_seconds(self, seconds: int, *alive: Worker) -> Reaped:
        """Let time go on by seconds, the workers named beating and the reconciler reaping; its sum."""
        released = crashes = 0
        reaped = Reaped(0, 0, in_grace=False)
        for _ in range(seconds):
            self.clock.advance(1)
            for worker in alive:
                worker.beat()
            reaped = self.ledger.maintenance.reap()
            released, crashes = released + reaped.released, crashes + reaped.crashes
        return Reaped(released, crashes, reaped.in_grace)

    def task(self, id: str) -> Task:
        """The task as everybody sees it."""
        found = self.ledger.views.task(id)
        assert found, f"no task {id}"
        return found

    def state(self, id: str) -> str:
        """Its state."""
        return str(self.task(id).state)
