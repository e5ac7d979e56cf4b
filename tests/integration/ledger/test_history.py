"""Random histories: whatever happens, in whatever order, the promises hold after every step, and all work ends.

LONGSHORE_TEST_HISTORIES=2000 walks that many instead of a handful.
"""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import pytest
import redis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from longshore.errors import BatchClosed
from longshore.ledger import Ledger
from longshore.ledger.records import (
    Admission,
    CancelAnswer,
    Chunk,
    NewBatch,
    NewTask,
    Outcome,
    Release,
    payload_digest,
)
from longshore.settings import Settings
from longshore.states import TERMINAL, BatchState
from tests.integration.ledger.clock import LUA, Clock
from tests.integration.ledger.model import Life
from tests.integration.ledger.soundness import problems
from tests.integration.ledger.voyage import Sailor, Voyage
from tests.services.shared import MARK

RETENTION = 60.0
HISTORIES = int(os.environ.get("LONGSHORE_TEST_HISTORIES", "30"))

ENDS = [Outcome.SUCCESS, Outcome.SUCCESS, Outcome.FAILURE, Outcome.FAILURE]
LINES = [b"=1", b"!no", b""]

ids = st.sampled_from("abcdefghij")
batch_ids = st.sampled_from("uvwxyz")
numbers = st.integers(0, 10)


class Histories(RuleBasedStateMachine):
    """What clients, relays, the broker, workers, operators and time may do."""

    ledger: Ledger
    server: redis.Redis

    @initialize()
    def begin(self) -> None:
        self.server.flushdb()
        self.server.set(MARK, 1)
        self.voyage = Voyage(self.ledger, Clock(self.server))
        self.model = self.voyage.model
        self.server.set("{longshore}:schema", 1)
        self.latest = self.voyage.clock.us
        for _ in range(7):
            self.voyage.second()
        self.voyage.hire()
        self.voyage.hire()

    # Clients

    @rule(
        chosen=st.lists(ids, min_size=1, max_size=4),
        payload=st.sampled_from([b"[1]", b"[1]", b"[2]"]),
        more=st.sampled_from([{}, {}, {"delay": 3.0}, {"retries": 2, "backoff": 2.0}, {"priority": 9}]),
    )
    def submit(self, chosen: list[str], payload: bytes, more: dict[str, Any]) -> None:
        digest = payload_digest(payload)
        tasks = [NewTask(id, "add", _queue(id), payload, digest, **more) for id in chosen]
        for id, answer in zip(chosen, self.ledger.intake.submit(tasks), strict=True):
            self.model.submitted(id, payload, more.get("retries", 0), answer)

    @rule(
        id=batch_ids,
        sizes=st.lists(st.integers(1, 3), max_size=4),
        end=st.sampled_from(["close", "close", "stop", "abandon"]),
    )
    def upload(self, id: str, sizes: list[int], end: str) -> None:
        if self.ledger.batches.open(NewBatch(id, "add", "q", b"d", retries=1)) is not Admission.NEW:
            return
        first = 1
        for n, size in enumerate(sizes):
            chunk = Chunk(first, [f"{first + i} 1" for i in range(size)])
            self.ledger.batches.add(id, n, [chunk])
            self.ledger.batches.add(id, n, [chunk])  # its answer was lost
            self.model.lives[f"{id}.{n}"] = Life()
            first += size
        if end == "close":
            self.ledger.batches.close(id)
        elif end == "abandon":
            self.cancel_batch(id)

    @rule(id=batch_ids)
    def close_late(self, id: str) -> None:
        batch = self.ledger.batches.get(id)
        if batch is None or batch.state is BatchState.REVOKED:
            with pytest.raises(BatchClosed):
                self.ledger.batches.close(id)
        else:
            self.ledger.batches.close(id)

    # Relays and the broker

    @rule(queue=st.sampled_from("qqr"), limit=st.integers(1, 5))
    def claim(self, queue: str, limit: int) -> None:
        claimed = self.ledger.outbox.claim(queue, limit, 6)
        assert self.ledger.upkeep.outstanding().get(queue, 0) <= 6
        if claimed:
            self.voyage.claims.append([copy for copy in claimed])

    @precondition(lambda self: self.voyage.claims)
    @rule(n=numbers, confirm=st.booleans())
    def publish(self, n: int, *, confirm: bool) -> None:
        copies = self.voyage.claims.pop(n % len(self.voyage.claims))
        self.voyage.broker += copies
        if confirm:
            self._tell(copies, "confirm")
        else:
            self.voyage.unconfirmed.append(copies)

    @precondition(lambda self: self.voyage.unconfirmed)
    @rule(n=numbers)
    def confirm_late(self, n: int) -> None:
        self._tell(self.voyage.unconfirmed.pop(n % len(self.voyage.unconfirmed)), "confirm")

    @precondition(lambda self: self.voyage.claims)
    @rule(n=numbers)
    def give_back(self, n: int) -> None:
        self._tell(self.voyage.claims.pop(n % len(self.voyage.claims)), "give_back")

    @precondition(lambda self: self.voyage.unconfirmed)
    @rule(n=numbers)
    def give_back_what_arrived(self, n: int) -> None:
        self._tell(self.voyage.unconfirmed.pop(n % len(self.voyage.unconfirmed)), "give_back")

    @precondition(lambda self: self.voyage.claims or self.voyage.unconfirmed)
    @rule()
    def relays_die(self) -> None:
        self.voyage.claims.clear()
        self.voyage.unconfirmed.clear()

    @precondition(lambda self: self.voyage.broker)
    @rule(n=numbers)
    def double(self, n: int) -> None:
        self.voyage.broker.append(self.voyage.broker[n % len(self.voyage.broker)])

    @precondition(lambda self: self._runs())
    @rule()
    def deliver_again_what_runs(self) -> None:
        self.voyage.broker += [copy for sailor in self.voyage.sailors for copy in sailor.running.values()]

    @precondition(lambda self: self.voyage.broker)
    @rule()
    def wipe_the_broker(self) -> None:
        self.voyage.broker.clear()

    @rule(queue=st.sampled_from("qr"), age=st.sampled_from([0.0, 3.0]))
    def republish(self, queue: str, age: float) -> None:
        self.ledger.upkeep.republish(queue, age)

    # Workers

    @precondition(lambda self: len(self.voyage.sailors) < 5)
    @rule()
    def hire(self) -> None:
        self.voyage.hire()

    @rule(who=numbers, most=st.integers(1, 5))
    def work(self, who: int, most: int) -> None:
        """All goes well for once: what is ready is published and taken up."""
        self.voyage.publish()
        for _ in range(min(most, len(self.voyage.broker))):
            self.voyage.deliver(self._who(who), self.voyage.broker.pop(0))

    @precondition(lambda self: self.voyage.broker)
    @rule(n=numbers, who=numbers)
    def deliver(self, n: int, who: int) -> None:
        self.voyage.deliver(self._who(who), self.voyage.broker.pop(n % len(self.voyage.broker)))

    @precondition(lambda self: self.voyage.broker)
    @rule(n=numbers, delay=st.sampled_from([0.0, 4.0]))
    def refuse(self, n: int, delay: float) -> None:
        copy = self.voyage.broker.pop(n % len(self.voyage.broker))
        self.ledger.runs.release([Release(copy.id, "", "unknown task", run=copy.run, delay=delay)])

    @precondition(lambda self: self._runs())
    @rule(n=numbers, outcome=st.sampled_from(ENDS), lines=st.lists(st.sampled_from(LINES), max_size=3))
    def finish(self, n: int, outcome: Outcome, lines: list[bytes]) -> None:
        self.voyage.end(*self._run(n), outcome, lines)

    @precondition(lambda self: any(sailor.said for sailor in self.voyage.sailors))
    @rule(n=numbers)
    def say_again(self, n: int) -> None:
        who = [sailor for sailor in self.voyage.sailors if sailor.said]
        self.voyage.say_again(who[n % len(who)])

    @precondition(lambda self: self._runs())
    @rule(n=numbers, delay=st.sampled_from([0.0, 4.0]), death=st.sampled_from([False, True, True]))
    def release(self, n: int, delay: float, *, death: bool) -> None:
        self.voyage.release(*self._run(n), delay, death=death)

    @precondition(lambda self: self._runs())
    @rule(n=numbers, again=st.booleans())
    def kill(self, n: int, *, again: bool) -> None:
        """A worker dies; the broker notices it now or never."""
        sailor, _ = self._run(n)
        self.voyage.broker += list(sailor.running.values()) * again
        sailor.running.clear()
        sailor.beating = False

    @precondition(lambda self: self._runs())
    @rule(n=numbers)
    def part(self, n: int) -> None:
        """A worker is cut off: it goes on, but nobody hears its heart."""
        self._run(n)[0].beating = False

    @precondition(lambda self: self._runs())
    @rule(n=numbers, judged=st.booleans())
    def part_and_take_over(self, n: int, *, judged: bool) -> None:
        """A worker is cut off for so long that another gets what it runs; it goes on all the same."""
        sailor, token = self._run(n)
        copy = sailor.running[token]
        sailor.beating = False
        for _ in range(5 if judged else 2):
            self.voyage.second()
        other = self.voyage.hire()
        if judged:
            self.work(len(self.voyage.sailors) - 1, 3)
        else:
            self.voyage.clock.advance(1.4)
            sailor.frail |= sailor.running.keys()
            self.voyage.deliver(other, copy)

    @precondition(lambda self: not all(sailor.beating for sailor in self.voyage.sailors))
    @rule()
    def come_back(self) -> None:
        for sailor in self.voyage.sailors:
            sailor.beating = True
            self.ledger.runs.beat(sailor.id, {})

    @precondition(lambda self: self._runs())
    @rule(n=numbers)
    def forget(self, n: int) -> None:
        """A finish got lost on its way, and the worker no longer knows the task; the broker still does."""
        sailor, token = self._run(n)
        self.voyage.broker.append(sailor.running.pop(token))

    @rule(who=numbers)
    def leave(self, who: int) -> None:
        if not self._who(who).running:
            self.ledger.runs.leave(self._who(who).id)

    # Operators

    @rule(chosen=st.lists(ids, min_size=1, max_size=3))
    def cancel(self, chosen: list[str]) -> None:
        for id, answer in zip(chosen, self.ledger.control.cancel(chosen), strict=True):
            self.model.cancelled(id, answer)

    @rule(chosen=st.lists(ids, min_size=1, max_size=3))
    def retry(self, chosen: list[str]) -> None:
        for id, answer in zip(chosen, self.ledger.control.retry(chosen), strict=True):
            self.model.retried(id, answer)

    @rule(id=batch_ids)
    def cancel_batch(self, id: str) -> None:
        if self.ledger.batches.cancel(id) is CancelAnswer.REVOKED:
            for part in self._parts(id):
                self.model.lives[part].unwanted = True

    @rule(id=batch_ids)
    def retry_failed(self, id: str) -> None:
        batch = self.ledger.batches.get(id)
        ran = batch is not None and batch.state in (BatchState.RUNNING, BatchState.DONE)
        failed = [key for key, line in self.model.lines.items() if key[0] == id and line.startswith("!")]
        assert self.ledger.batches.retry_failed(id) == (len(failed) if ran else 0)
        if ran:
            for key in failed:
                del self.model.lines[key]
            for part in self._parts(id):
                self.model.lives.setdefault(part, Life())

    @rule(queue=st.sampled_from("qr"))
    def pause(self, queue: str) -> None:
        self.ledger.control.pause(queue)

    @rule()
    def resume(self) -> None:
        for queue in "qr":
            self.ledger.control.resume(queue)

    # Time

    @rule(seconds=st.integers(1, 6))
    def seconds_pass(self, seconds: int) -> None:
        for _ in range(seconds):
            self.voyage.second()

    @rule(seconds=st.sampled_from([-100, -20, -1, 5, 31, 61, 1000]))
    def jump(self, seconds: float) -> None:
        self.latest = max(self.latest, self.voyage.clock.us)
        self.voyage.clock.jump(seconds)

    @rule()
    def retire(self) -> None:
        self.ledger.upkeep.retire()
        for id, life in list(self.model.lives.items()):
            if self.ledger.views.task(id) is None:
                assert life.ended or life.unwanted or self.ledger.batches.get(id.rpartition(".")[0]) is None
                del self.model.lives[id]
        for id, number in list(self.model.lines):
            if self.ledger.batches.get(id) is None:
                del self.model.lines[id, number]

    # What holds always, and in the end

    @invariant()
    def the_promises_hold(self) -> None:
        for id in self.model.lives:
            assert self.ledger.views.task(id), f"{id} is lost"
            self.voyage.look(id)
        for id in "uvwxyz":
            for line in self.ledger.batches.output(id):
                text = {"value": "=", "error": "!", "blank": "", "missing": "?"}[line.kind] + line.text
                if line.text.startswith("its worker died"):
                    self.model.lines.setdefault((id, line.number), text)
                assert text == self.model.lines.get((id, line.number), "?not run")
        assert problems(self.server) == []

    def teardown(self) -> None:
        if not hasattr(self, "voyage"):
            return
        self._heal()
        for id in self.model.lives:
            task = self.ledger.views.task(id)
            assert task
            assert task.state in TERMINAL, f"{id} has not ended: {task}"
        for batch in self.ledger.batches.page().items:
            assert batch.state in (BatchState.DONE, BatchState.REVOKED)
        self.the_promises_hold()
        assert self.ledger.upkeep.outstanding().get("q", 0) == 0
        assert self.ledger.outbox.backlog() == {}

    def _heal(self) -> None:
        """Everything comes back, and goes on until all has ended: the relays, the broker, one worker, the clock."""
        voyage = self.voyage
        voyage.claims.clear()
        voyage.unconfirmed.clear()
        voyage.clock.us = max(self.latest, voyage.clock.us)
        voyage.clock.advance(100)
        for queue in "qr":
            self.ledger.control.resume(queue)
        for sailor in voyage.sailors:
            sailor.running.clear()
            sailor.beating = False
        last = voyage.hire()
        for _ in range(40):
            for _ in range(4):
                voyage.second()
            for queue in "qr":
                self.ledger.upkeep.republish(queue, 3.0)
            for _ in range(8):
                voyage.publish()
                while voyage.broker:
                    voyage.deliver(last, voyage.broker.pop(0))
                for token in list(last.running):
                    voyage.end(last, token, Outcome.SUCCESS, [b"=1"] * 3)
            counts = self.ledger.views.counts().values()
            if not any(n for by_state in counts for state, n in by_state.items() if state not in TERMINAL):
                return

    def _runs(self) -> list[tuple[Sailor, str]]:
        return [(sailor, token) for sailor in self.voyage.sailors for token in sorted(sailor.running)]

    def _run(self, number: int) -> tuple[Sailor, str]:
        runs = self._runs()
        return runs[number % len(runs)]

    def _who(self, number: int) -> Sailor:
        return self.voyage.sailors[number % len(self.voyage.sailors)]

    def _parts(self, id: str) -> list[str]:
        return [task.id for task in self.ledger.views.page(batch=id, limit=500).items]

    def _tell(self, copies: list[Any], what: str) -> None:
        for queue in "qr":
            mine = [(copy.id, copy.run) for copy in copies if _queue(copy.id) == queue]
            getattr(self.ledger.outbox, what)(queue, mine)


def _queue(id: str) -> str:
    return "r" if id == "f" else "q"


@pytest.fixture
def machine(ledger_url: str) -> Iterator[type[Histories]]:
    """The histories, on a ledger that keeps what ended for a minute."""
    Histories.server = redis.Redis.from_url(ledger_url)
    Histories.server.set("{longshore}:test-clock", 0)
    Histories.ledger = Ledger.open(ledger_url, Settings(retention_seconds=RETENTION), replaced={"clock": LUA})
    yield Histories
    Histories.ledger.close()
    Histories.server.close()


@pytest.mark.timeout(max(300, HISTORIES * 5))
def test_the_promises_hold_in_every_history(machine: type[Histories]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
