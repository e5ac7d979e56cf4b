"""Damage to a record, and time in which all that is not held up by it goes on."""

from contextlib import suppress

import redis

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Release, RetryAnswer, StartAsk, Verdict
from tests.integration.ledger.actors import Harness, Worker

KEY = f"{PREFIX}:t:b"

DAMAGES: dict[str, tuple[str, str | None]] = {
    "no arguments": ("a", None),
    "no priority": ("p", None),
    "no stamp": ("c", None),
    "no task": ("n", None),
    "no state": ("st", None),
    "an illegal state": ("st", "LOST"),
    "a broken history": ("hi", "no JSON"),
    "another type": ("", None),
}


class Damage:
    """What is done to the record of `b`, and taken back."""

    def __init__(self, ledger: Ledger, kind: str) -> None:
        self._server = ledger.connection.redis
        self._field, self._value = DAMAGES[kind]
        self._copy = b""
        self._was: bytes | None = None

    def do(self) -> None:
        """The record of `b` is damaged."""
        self._copy = self._server.dump(KEY)
        if not self._field:
            self._server.delete(KEY)
            self._server.rpush(KEY, "no record")
            return
        self._was = self._server.hget(KEY, self._field)
        if self._value is None:
            self._server.hdel(KEY, self._field)
        else:
            self._server.hset(KEY, self._field, self._value)

    def repair(self) -> None:
        """It is as it was."""
        if not self._field:
            self._server.restore(KEY, 0, self._copy, replace=True)
        elif self._was is None:
            self._server.hdel(KEY, self._field)
        else:
            self._server.hset(KEY, self._field, self._was)


def go_on(harness: Harness) -> None:
    """Everything goes its way for some seconds; nothing raises but what a worker asks of the damaged one."""
    ledger, worker = harness.ledger, Worker(harness.ledger, "worker03")
    for _ in range(12):
        harness.pass_seconds(1, worker)
        while ledger.maintenance.walk_batches():
            pass
        ledger.outbox.move_due()
        ledger.maintenance.republish("q", 5.0)
        for copy in harness.relay.publish():
            with suppress(redis.ResponseError):
                if worker.ask(copy)[0].verdict is Verdict.RUN:
                    assert worker.finish_lines(copy.id, b"=1") if copy.chunk else worker.succeed(copy.id)


def claimed(harness: Harness, damage: Damage) -> None:
    """A claim meets it."""
    harness.submit("a", "b", "c")
    damage.do()


def lapsed(harness: Harness, damage: Damage) -> None:
    """A claim meets it whose lease has lapsed."""
    harness.submit("a", "b", "c")
    harness.relay.claim()
    damage.do()
    harness.clock.advance(60)


def due(harness: Harness, damage: Damage) -> None:
    """Its time comes."""
    harness.submit("a", "b", "c", delay=3.0)
    damage.do()
    harness.clock.advance(4)
    assert harness.ledger.outbox.move_due() == 3


def republished(harness: Harness, damage: Damage) -> None:
    """The broker lost its copy."""
    harness.queued("a", "b", "c")
    damage.do()
    harness.clock.advance(1)
    assert harness.ledger.maintenance.republish("q", 0.0) == 3


def confirmed(harness: Harness, damage: Damage) -> None:
    """The broker confirms its copy."""
    harness.submit("a", "b", "c")
    copies = harness.relay.claim()
    damage.do()
    harness.relay.confirm(copies)


def given_back(harness: Harness, damage: Damage) -> None:
    """A relay gives it back."""
    harness.submit("a", "b", "c")
    copies = harness.relay.claim()
    damage.do()
    harness.relay.give_back(copies)


def started(harness: Harness, damage: Damage) -> None:
    """A worker asks for it."""
    copies = harness.queued("a", "b", "c")
    damage.do()
    asks = [StartAsk(copy.id, copy.run, f"{harness.worker.id}.{n}") for n, copy in enumerate(copies)]
    with suppress(redis.ResponseError):  # it asks again for one after the other
        harness.ledger.runs.start(harness.worker.id, asks)


def three_run(harness: Harness) -> None:
    """A worker runs a, b and c."""
    for id in "abc":
        harness.started(id)


def released(harness: Harness, damage: Damage) -> None:
    """Its worker gives it back."""
    three_run(harness)
    damage.do()
    tokens = harness.worker.tokens
    with suppress(redis.ResponseError):
        harness.ledger.runs.release([Release(id, tokens[id], "drain") for id in "abc"])


def reaped(harness: Harness, damage: Damage) -> None:
    """Its worker dies."""
    three_run(harness)
    damage.do()
    harness.pass_seconds(5, harness.other)


def doubted(harness: Harness, damage: Damage) -> None:
    """Its worker does not know it."""
    three_run(harness)
    damage.do()
    harness.ledger.runs.doubt(harness.worker.id, "abc")


def doubted_before(harness: Harness, damage: Damage) -> None:
    """Its worker did not know it when it was damaged."""
    three_run(harness)
    harness.ledger.runs.doubt(harness.worker.id, "abc")
    harness.worker.beat()
    damage.do()
    harness.pass_seconds(4, harness.worker)


def blamed(harness: Harness, damage: Damage) -> None:
    """Its worker died, and comes back."""
    three_run(harness)
    harness.pass_seconds(5, harness.other)
    damage.do()
    harness.worker.beat()


def telling(harness: Harness, damage: Damage) -> None:
    """It says how far it is."""
    three_run(harness)
    damage.do()
    harness.ledger.runs.progress([(id, harness.worker.tokens[id], 1, 2) for id in "abc"])


def retried(harness: Harness, damage: Damage) -> None:
    """It had failed, and others are retried."""
    for id in "abc":
        harness.failed(id)
    damage.do()
    assert harness.ledger.control.retry(list("ac")) == [RetryAnswer.PENDING] * 2
