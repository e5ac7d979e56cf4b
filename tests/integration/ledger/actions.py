"""All that may happen in a history. Each action takes two numbers and a flag, and uses what it needs."""

from typing import Any

from longshore.errors import BatchClosed
from longshore.states import BatchState
from longshore_ledger.records import (
    NOBODY,
    Admission,
    CancelAnswer,
    Chunk,
    NewBatch,
    NewTask,
    Outcome,
    Release,
    Submitter,
    payload_digest,
)
from tests.integration.ledger.model import Life
from tests.integration.ledger.simulation import SimulatedWorker, Simulation

IDS = "abcdefghij"
BATCHES = "uvwxyz"
WINDOW = 6
LINES = [b"=1", b"!no", b""]
SUBMITTERS = (NOBODY, Submitter("ann"), Submitter("ann", most=4), Submitter("bob", most=3))


def queue_of(id: str) -> str:
    """Most tasks go one way, some another."""
    return "r" if id in "ij" else "q"


class Actions(Simulation):
    """What clients, relays, the broker, workers, operators and time do."""

    def submit(self, n: int, m: int, flag: bool) -> None:
        """One task or many, new or known, with another payload now and then."""
        payload = b"[2]" if n == m else b"[1]"
        more: dict[str, Any] = ({}, {}, {"delay": 3.0}, {"retries": 2, "backoff": 2.0}, {"priority": 9})[
            n % 5
        ]
        chosen = [IDS[(n + i * m) % len(IDS)] for i in range(1 + 3 * flag)]
        tasks = [NewTask(id, "add", queue_of(id), payload, payload_digest(payload), **more) for id in chosen]
        by = SUBMITTERS[m % 4]
        answers = self.ledger.intake.submit(tasks, by)
        for id, answer in zip(chosen, answers, strict=True):
            self.model.submitted(id, payload, more.get("retries", 0), answer)
        if Admission.TOO_MANY in answers:
            assert self.ledger.keys.unfinished([by.key])[by.key] >= by.most > 0

    def upload(self, n: int, m: int, flag: bool) -> None:
        """A file, every piece of it sent twice; some uploads stop, some are abandoned."""
        id, first = BATCHES[n % len(BATCHES)], 1
        if self.ledger.batches.open(NewBatch(id, "add", "q", b"d"), SUBMITTERS[n % 4]) is not Admission.NEW:
            return
        for part in [part for part in self.model.lives if part.startswith(f"{id}.")]:
            del self.model.lives[part]  # of an upload that broke off, or that this one has taken over
        for number in range(m % 4):
            size = 1 + (n + number) % 3
            chunk = Chunk(first, [f"{first + i} 1" for i in range(size)])
            self.ledger.batches.add(id, number, [chunk])
            self.ledger.batches.add(id, number, [chunk])
            self.model.lives[f"{id}.{number}"] = Life()
            first += size
        if flag or m > 3:
            self.ledger.batches.close(id)
        elif n > 5:
            self._revoke(id)

    def close_late(self, n: int, m: int, flag: bool) -> None:
        """Closing again, or too late."""
        batch = self.ledger.batches.get(BATCHES[n % len(BATCHES)])
        if batch is not None:
            try:
                self.ledger.batches.close(batch.id)
            except BatchClosed:
                assert batch.state is BatchState.REVOKED

    def claim(self, n: int, m: int, flag: bool) -> None:
        """A relay takes some, and does nothing yet."""
        queue = "r" if flag and n < 3 else "q"
        if claimed := self.ledger.outbox.claim(queue, 1 + m % 4, WINDOW):
            assert self.ledger.maintenance.outstanding()[queue] <= WINDOW
            self.claims.append(claimed)

    def publish_claim(self, n: int, m: int, flag: bool) -> None:
        """A relay, perhaps one that stalled for long, publishes what it claimed."""
        if self.claims:
            copies = self.claims.pop(n % len(self.claims))
            self.broker += copies
            self.unconfirmed.append(copies)

    def confirm_late(self, n: int, m: int, flag: bool) -> None:
        """A confirm comes."""
        if self.unconfirmed:
            self._tell("confirm", self.unconfirmed.pop(n % len(self.unconfirmed)))

    def give_back(self, n: int, m: int, flag: bool) -> None:
        """A relay gives back what it could not publish, or what did arrive after all."""
        if held := self.unconfirmed if flag else self.claims:
            self._tell("give_back", held.pop(n % len(held)))

    def relays_die(self, n: int, m: int, flag: bool) -> None:
        """Nobody confirms or gives back what was claimed."""
        self.claims.clear()
        self.unconfirmed.clear()

    def double(self, n: int, m: int, flag: bool) -> None:
        """The broker has a copy twice, or delivers again what runs."""
        if flag:
            self.broker += [
                copy for simulated in self.simulated_workers for copy in simulated.running.values()
            ]
        elif self.broker:
            self.broker.append(self.broker[n % len(self.broker)])

    def wipe_the_broker(self, n: int, m: int, flag: bool) -> None:
        """All copies are lost."""
        self.broker.clear()

    def republish(self, n: int, m: int, flag: bool) -> None:
        """Somebody thinks that copies were lost."""
        self.ledger.maintenance.republish("q", 3.0 * flag)

    def work(self, n: int, m: int, flag: bool) -> None:
        """All goes well for once: what is ready is published and taken up."""
        self.publish()
        for _ in range(min(1 + m // 2, len(self.broker))):
            self.deliver(self._who(n), self.broker.pop(0))

    def deliver_one(self, n: int, m: int, flag: bool) -> None:
        """Some worker gets some copy."""
        if self.broker:
            self.deliver(self._who(n), self.broker.pop(m % len(self.broker)))

    def refuse(self, n: int, m: int, flag: bool) -> None:
        """Some worker does not know the task."""
        if self.broker:
            copy = self.broker.pop(m % len(self.broker))
            self.ledger.runs.release([Release(copy.id, "", "unknown task", run=copy.run, delay=4.0 * flag)])

    def finish(self, n: int, m: int, flag: bool) -> None:
        """Somebody finishes, perhaps one whose task was taken from it long ago."""
        if runs := self._runs():
            outcome = Outcome.FAILURE if flag else Outcome.SUCCESS
            self.end(*runs[n % len(runs)], outcome, [LINES[(m + i) % 3] for i in range(m % 4)])

    def say_it_again(self, n: int, m: int, flag: bool) -> None:
        """Somebody did not hear the answer."""
        if who := [simulated for simulated in self.simulated_workers if simulated.said]:
            self.say_again(who[n % len(who)])

    def release_one(self, n: int, m: int, flag: bool) -> None:
        """A drain, or a child that died."""
        if runs := self._runs():
            self.release(*runs[n % len(runs)], 4.0 * (m == 0), crash=flag)

    def kill(self, n: int, m: int, flag: bool) -> None:
        """A worker dies; the broker notices it now or never."""
        if runs := self._runs():
            simulated = runs[n % len(runs)][0]
            self.broker += list(simulated.running.values()) * flag
            simulated.running.clear()
            simulated.beating = False

    def part(self, n: int, m: int, flag: bool) -> None:
        """A worker is cut off: it goes on, but nobody hears its heart. What it runs may go to another."""
        if not (runs := self._runs()):
            return
        simulated, token = runs[n % len(runs)]
        simulated.beating = False
        if m < 3:
            return
        copy = simulated.running[token]
        for _ in range(2):
            self.second()
        other = self.hire()
        if flag:
            for _ in range(3):
                self.second()
            self.work(len(self.simulated_workers) - 1, m, flag)
        else:
            self.clock.advance(1.4)
            simulated.frail |= simulated.running.keys()
            self.deliver(other, copy)

    def come_back(self, n: int, m: int, flag: bool) -> None:
        """Hearts are heard again."""
        for simulated in self.simulated_workers:
            simulated.beating = True
            self.ledger.runs.beat(simulated.id, {})

    def forget(self, n: int, m: int, flag: bool) -> None:
        """A finish got lost, and the worker no longer knows the task; the broker perhaps."""
        if runs := self._runs():
            simulated, token = runs[n % len(runs)]
            copy = simulated.running.pop(token)
            self.broker += [copy] * flag

    def leave(self, n: int, m: int, flag: bool) -> None:
        """A worker says goodbye; it may come back."""
        self.ledger.runs.leave(self._who(n).id)

    def cancel(self, n: int, m: int, flag: bool) -> None:
        """Somebody cancels a task."""
        id = IDS[n % len(IDS)]
        self.model.cancelled(id, self.ledger.control.cancel([id])[0])

    def cancel_what_runs(self, n: int, m: int, flag: bool) -> None:
        """Somebody cancels a task that a worker runs."""
        if ids := [
            copy.id
            for simulated in self.simulated_workers
            for copy in simulated.running.values()
            if not copy.chunk
        ]:
            self.cancel(IDS.index(ids[n % len(ids)]), m, flag)

    def retry(self, n: int, m: int, flag: bool) -> None:
        """Somebody retries tasks."""
        chosen = [IDS[(n + i * m) % len(IDS)] for i in range(3)]
        for id, answer in zip(chosen, self.ledger.control.retry(chosen), strict=True):
            self.model.retried(id, answer)

    def cancel_batch(self, n: int, m: int, flag: bool) -> None:
        """Somebody cancels a batch."""
        self._revoke(BATCHES[n % len(BATCHES)])

    def retry_failed(self, n: int, m: int, flag: bool) -> None:
        """Somebody has the failed lines of a batch run again."""
        id = BATCHES[n % len(BATCHES)]
        batch = self.ledger.batches.get(id)
        failed = [key for key, line in self.model.lines.items() if key[0] == id and line.startswith("!")]
        ran = batch is not None and batch.state in (BatchState.RUNNING, BatchState.DONE) and not batch.revoked
        assert self.ledger.batches.retry_failed(id) == (len(failed) if ran else 0)
        if ran:
            for key in failed:
                self.model.corrected[key] = self.model.lines.pop(key)
                self.model.given_back.pop(key, None)
            for part in self._parts(id):
                self.model.lives.setdefault(part, Life())

    def pause(self, n: int, m: int, flag: bool) -> None:
        """A queue is paused, or all go on."""
        if flag:
            self.ledger.control.pause("r" if n < 3 else "q")
        else:
            self.resume()

    def seconds_pass(self, n: int, m: int, flag: bool) -> None:
        """Time."""
        for _ in range(1 + n % 6):
            self.second()

    def jump(self, n: int, m: int, flag: bool) -> None:
        """The clock is set forward or back."""
        self.latest = max(self.latest, self.clock.us)
        self.clock.jump((-100, -20, -1, 5, 31, 61, 61, 1000)[n % 8])

    def retire(self, n: int, m: int, flag: bool) -> None:
        """What ended long ago is forgotten."""
        self.ledger.maintenance.retire()
        for id, life in list(self.model.lives.items()):
            if self.ledger.views.task(id) is None:
                assert life.ended or self.ledger.batches.get(id.partition(".")[0]) is None or "." in id
                del self.model.lives[id]
        for id, number in list(self.model.lines):
            if self.ledger.batches.get(id) is None:
                del self.model.lines[id, number]

    def _who(self, number: int) -> SimulatedWorker:
        return self.simulated_workers[number % len(self.simulated_workers)]

    def _runs(self) -> list[tuple[SimulatedWorker, str]]:
        return [
            (simulated, token) for simulated in self.simulated_workers for token in sorted(simulated.running)
        ]

    def _revoke(self, id: str) -> None:
        if self.ledger.batches.cancel(id) is CancelAnswer.REVOKED:
            for part in self._parts(id):
                self.model.lives[part].unwanted = True
            corrected = self.model.corrected
            self.model.given_back |= {key: line for key, line in corrected.items() if key[0] == id}

    def _parts(self, id: str) -> list[str]:
        return [task.id for task in self.ledger.views.page(batch=id, limit=500).items]

    def _tell(self, what: str, copies: list[Any]) -> None:
        for queue in "qr":
            mine = [(copy.id, copy.run) for copy in copies if queue_of(copy.id) == queue]
            getattr(self.ledger.outbox, what)(queue, mine)
