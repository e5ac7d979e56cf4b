"""The world of a history: a broker that loses and doubles, relays that stall, workers that die and return."""

from collections import Counter
from dataclasses import dataclass, field

import msgspec

from longshore.states import TERMINAL
from longshore_ledger import Ledger
from longshore_ledger.batches import ChunkArgs
from longshore_ledger.records import Claimed, Finish, FinishLines, Outcome, Release, StartAsk, Verdict
from longshore_ledger.shapes import Task
from tests.integration.ledger.actors import ERROR
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.model import Model

LONG = 10
"""Seconds in which what nobody runs is noticed, while its worker lives and the ledger reaps."""

GRACE = 7
"""Seconds in which nobody is reaped after the ledger was away, and one."""


@dataclass
class SimulatedWorker:
    """A worker of a history: what it runs, by token, and whether its heart beats."""

    id: str
    beating: bool = True
    running: dict[str, Claimed] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    said: list[tuple[str, Claimed]] = field(default_factory=list)
    frail: set[str] = field(default_factory=set)
    """Tokens that may be taken from it: its heart stood still while it ran them."""
    unknown: set[str] = field(default_factory=set)
    """Tasks that it runs as far as the ledger said last, and that it does not know."""
    strange: Counter[str] = field(default_factory=Counter)
    """For how many seconds in a row each of those was said."""


class Simulation:
    """A ledger, those who act on it, and a model that hears every answer."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.clock, self.model = ledger, clock, Model()
        self.broker: list[Claimed] = []
        self.claims: list[list[Claimed]] = []
        self.unconfirmed: list[list[Claimed]] = []
        self.simulated_workers: list[SimulatedWorker] = []
        self.tokens = 0
        self.latest = clock.us
        for _ in range(GRACE):  # of a new ledger
            self.second()
        self.hire()
        self.hire()

    def hire(self) -> SimulatedWorker:
        """A worker comes, and beats."""
        simulated = SimulatedWorker(f"simulated{len(self.simulated_workers):02}")
        self.simulated_workers.append(simulated)
        self.ledger.runs.beat(simulated.id, {})
        return simulated

    def publish(self) -> None:
        """Everything ready goes into the broker, and is confirmed."""
        for queue in self.ledger.outbox.backlog():
            copies = self.ledger.outbox.claim(queue, 100, 1000)
            self.broker += copies
            self.ledger.outbox.confirm(queue, [(copy.id, copy.run) for copy in copies])

    def deliver(self, simulated: SimulatedWorker, copy: Claimed) -> None:
        """A worker asks whether it may run a copy, and is not sure that it heard the answer."""
        self.tokens += 1
        ask = StartAsk(copy.id, copy.run, f"{simulated.id}.{self.tokens}")
        (first,) = self.ledger.runs.start(simulated.id, [ask])
        if first.verdict is Verdict.RUN:
            self.look(copy.id)
            self.model.started(copy.id, ask.token)
            simulated.running[ask.token] = copy
            simulated.offsets[ask.token] = first.offset
            if not simulated.beating:
                simulated.frail.add(ask.token)
            assert self.ledger.runs.start(simulated.id, [ask]) == [first]
        if first.verdict is Verdict.WAIT:
            assert simulated.running or first.suspect
            self.broker.append(copy)  # kept until the simulated is idle, or given back: nobody else can tell
        if first.verdict is Verdict.PARK:
            assert copy.id not in self.model.lives

    def end(self, simulated: SimulatedWorker, token: str, outcome: Outcome, lines: list[bytes]) -> None:
        """A worker finishes what it runs, or some lines of it."""
        copy = simulated.running.pop(token)
        simulated.said.append((token, copy))
        if copy.chunk:
            self.process(token, copy, simulated.offsets[token], lines)
        else:
            value = ERROR if outcome is Outcome.FAILURE else f'"{token}"'.encode()
            (answer,) = self.ledger.runs.finish([Finish(copy.id, token, outcome, value, 10)])
            self.model.finished(copy.id, token, str(outcome), value, answer)

    def process(self, token: str, copy: Claimed, offset: int, lines: list[bytes]) -> None:
        """A worker has done some lines of a chunk, behind those done before."""
        args = msgspec.json.decode(copy.args, type=ChunkArgs)
        numbers = (args.numbers or list(range(args.first, args.first + len(args.lines))))[offset:]
        lines = lines[: len(numbers)]
        failed = sum(line.startswith(b"!") for line in lines)
        (answer,) = self.ledger.runs.finish_lines([FinishLines(copy.id, token, lines, failed, 10)])
        done = {
            (copy.id.rpartition(".")[0], n): line.decode() for n, line in zip(numbers, lines, strict=False)
        }
        self.model.processed(copy.id, token, done, answer)

    def say_again(self, simulated: SimulatedWorker) -> None:
        """A worker repeats the last thing it said: it did not hear the answer."""
        token, copy = simulated.said[-1]
        if copy.chunk:
            self.process(token, copy, 0, [b"=again"])
        else:
            (answer,) = self.ledger.runs.finish([Finish(copy.id, token, Outcome.SUCCESS, b'"again"', 10)])
            self.model.finished(copy.id, token, "SUCCESS", b'"again"', answer)

    def release(self, simulated: SimulatedWorker, token: str, delay: float, *, crash: bool) -> None:
        """A worker gives back what it runs."""
        copy = simulated.running.pop(token)
        (answer,) = self.ledger.runs.release([Release(copy.id, token, "drain", delay=delay, crash=crash)])
        self.model.said(copy.id, token, answer)

    def second(self) -> None:
        """A second passes: hearts beat, workers obey and confirm, the reconciler looks, what is due moves."""
        self.clock.advance(1)
        for simulated in self.simulated_workers:
            if not simulated.beating:
                simulated.frail |= simulated.running.keys()
                continue
            heard = self.ledger.runs.beat(simulated.id, {})
            mine = [(copy.id, token) for token, copy in simulated.running.items()]
            self.ledger.runs.confirm_running(
                simulated.id, [pair for pair in mine if pair[0] in heard.doubted]
            )
            unknown = set(heard.running) - {id for id, _ in mine}
            if lost := unknown & simulated.unknown:
                self.ledger.runs.doubt(simulated.id, sorted(lost))
            simulated.unknown = unknown
            simulated.strange = Counter({id: simulated.strange[id] + 1 for id in unknown})
            assert max(simulated.strange.values(), default=0) < LONG, f"{simulated.strange} run nowhere"
            for token, copy in list(simulated.running.items()):
                if copy.id in heard.cancelled:
                    self.end(simulated, token, Outcome.REVOKED, [])
        if self.ledger.maintenance.reap().in_grace:
            for simulated in self.simulated_workers:
                simulated.strange.clear()
        while self.ledger.maintenance.walk_batches():
            pass
        self.ledger.outbox.move_due()

    def excused(self, token: str | None) -> bool:
        """Whether a task may be taken from the holder of this token."""
        return any(
            token in simulated.frail
            or (token not in simulated.running and (token or "").startswith(f"{simulated.id}."))
            for simulated in self.simulated_workers
        )

    def look(self, id: str) -> None:
        """See what has become of a task without anybody's word."""
        if (task := self.ledger.views.task(id)) is not None:
            self.see(task)

    def see(self, task: Task) -> None:
        """Show the model a task."""
        self.model.seen(task.id, task, excused=self.excused(self.model.lives[task.id].holder))

    def resume(self) -> None:
        """No queue is paused any more."""
        for queue in "qr":
            self.ledger.control.resume(queue)

    def heal(self) -> None:
        """Relays, broker and clock come back, with one new worker, until all has ended or should have."""
        self.claims.clear()
        self.unconfirmed.clear()
        for _ in range(LONG + GRACE):  # what a worker that lives does not know must not stay in its hands
            self.second()
            if not any(simulated.unknown for simulated in self.simulated_workers if simulated.beating):
                break
        self.clock.jump(max(0, self.latest - self.clock.us) / 1e6 + 100)
        self.resume()
        for simulated in self.simulated_workers:
            simulated.running.clear()
            simulated.beating = False
        last = self.hire()
        for _ in range(40):
            for _ in range(4):
                self.second()
            for queue in "qr":
                self.ledger.maintenance.republish(queue, 3.0)
            for _ in range(8):
                self.publish()
                for _ in range(len(self.broker)):
                    self.deliver(last, self.broker.pop(0))
                for token in list(last.running):
                    self.end(last, token, Outcome.SUCCESS, [b"=1"] * 3)
            counts = self.ledger.views.counts().values()
            if not any(n for by_state in counts for state, n in by_state.items() if state not in TERMINAL):
                return
