"""The world of a history: a broker that loses and doubles, relays that stall, workers that die and return."""

from dataclasses import dataclass, field

import msgspec

from longshore.ledger import Ledger
from longshore.ledger.batches import ChunkArgs
from longshore.ledger.records import Claimed, Finish, FinishLines, Outcome, Release, StartAsk, Verdict
from longshore.ledger.shapes import Task
from longshore.states import TERMINAL
from tests.integration.ledger.actors import ERROR
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.model import Model


@dataclass
class Sailor:
    """A worker of a history: what it runs, by token, and whether its heart beats."""

    id: str
    beating: bool = True
    running: dict[str, Claimed] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    said: list[tuple[str, Claimed]] = field(default_factory=list)
    frail: set[str] = field(default_factory=set)
    """Tokens that may be taken from it: its heart stood still while it ran them."""


class Voyage:
    """A ledger, those who act on it, and a model that hears every answer."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.clock, self.model = ledger, clock, Model()
        self.broker: list[Claimed] = []
        self.claims: list[list[Claimed]] = []
        self.unconfirmed: list[list[Claimed]] = []
        self.sailors: list[Sailor] = []
        self.tokens = 0
        self.latest = clock.us
        for _ in range(7):  # the grace of a new ledger
            self.second()
        self.hire()
        self.hire()

    def hire(self) -> Sailor:
        """A worker comes, and beats."""
        sailor = Sailor(f"sailor{len(self.sailors):02}")
        self.sailors.append(sailor)
        self.ledger.runs.beat(sailor.id, {})
        return sailor

    def publish(self) -> None:
        """Everything ready goes into the broker, and is confirmed."""
        for queue in self.ledger.outbox.backlog():
            copies = self.ledger.outbox.claim(queue, 100, 1000)
            self.broker += copies
            self.ledger.outbox.confirm(queue, [(copy.id, copy.run) for copy in copies])

    def deliver(self, sailor: Sailor, copy: Claimed) -> None:
        """A worker asks whether it may run a copy, and is not sure that it heard the answer."""
        self.tokens += 1
        ask = StartAsk(copy.id, copy.run, f"{sailor.id}.{self.tokens}")
        (first,) = self.ledger.runs.start(sailor.id, [ask])
        if first.verdict is Verdict.RUN:
            self.look(copy.id)
            self.model.started(copy.id, ask.token)
            sailor.running[ask.token] = copy
            sailor.offsets[ask.token] = first.offset
            if not sailor.beating:
                sailor.frail.add(ask.token)
            assert self.ledger.runs.start(sailor.id, [ask]) == [first]
        if first.verdict is Verdict.PARK:
            assert copy.id not in self.model.lives

    def end(self, sailor: Sailor, token: str, outcome: Outcome, lines: list[bytes]) -> None:
        """A worker finishes what it runs, or some lines of it."""
        copy = sailor.running.pop(token)
        sailor.said.append((token, copy))
        if copy.chunk:
            self.process(token, copy, sailor.offsets[token], lines)
        else:
            value = ERROR if outcome is Outcome.FAILURE else token.encode().replace(b"sailor", b"")
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

    def say_again(self, sailor: Sailor) -> None:
        """A worker repeats the last thing it said: it did not hear the answer."""
        token, copy = sailor.said[-1]
        if copy.chunk:
            self.process(token, copy, 0, [b"=again"])
        else:
            (answer,) = self.ledger.runs.finish([Finish(copy.id, token, Outcome.SUCCESS, b'"again"', 10)])
            self.model.finished(copy.id, token, "SUCCESS", b'"again"', answer)

    def release(self, sailor: Sailor, token: str, delay: float, *, death: bool) -> None:
        """A worker gives back what it runs."""
        copy = sailor.running.pop(token)
        (answer,) = self.ledger.runs.release([Release(copy.id, token, "drain", delay=delay, death=death)])
        self.model.said(copy.id, token, answer)

    def second(self) -> None:
        """A second passes: hearts beat, workers obey and vouch, the reconciler looks, what is due moves."""
        self.clock.advance(1)
        for sailor in self.sailors:
            if not sailor.beating:
                sailor.frail |= sailor.running.keys()
                continue
            heard = self.ledger.runs.beat(sailor.id, {})
            mine = [(copy.id, token) for token, copy in sailor.running.items()]
            self.ledger.runs.vouch(sailor.id, [pair for pair in mine if pair[0] in heard.doubted])
            for token, copy in list(sailor.running.items()):
                if copy.id in heard.cancelled:
                    self.end(sailor, token, Outcome.REVOKED, [])
        self.ledger.upkeep.judge()
        while self.ledger.upkeep.walk_batches():
            pass
        self.ledger.outbox.move_due()

    def excused(self, token: str | None) -> bool:
        """Whether a task may be taken from the holder of this token."""
        return any(
            token in sailor.frail
            or (token not in sailor.running and (token or "").startswith(f"{sailor.id}."))
            for sailor in self.sailors
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
        self.clock.jump(max(0, self.latest - self.clock.us) / 1e6 + 100)
        self.resume()
        for sailor in self.sailors:
            sailor.running.clear()
            sailor.beating = False
        last = self.hire()
        for _ in range(40):
            for _ in range(4):
                self.second()
            for queue in "qr":
                self.ledger.upkeep.republish(queue, 3.0)
            for _ in range(8):
                self.publish()
                while self.broker:
                    self.deliver(last, self.broker.pop(0))
                for token in list(last.running):
                    self.end(last, token, Outcome.SUCCESS, [b"=1"] * 3)
            counts = self.ledger.views.counts().values()
            if not any(n for by_state in counts for state, n in by_state.items() if state not in TERMINAL):
                return
