"""Fills a ledger by its own scripts, without a broker and without a worker."""

from collections.abc import Iterator, Sequence
from typing import Final

from longshore.ids import new_id
from longshore_ledger import Ledger
from longshore_ledger.records import Finish, NewTask, Outcome, StartAsk, new_worker_id, payload_digest

SLICE: Final = 500


def new_tasks(count: int, task: str, queue: str, timeout: float | None = 30.0) -> Iterator[list[NewTask]]:
    """Tasks with small arguments and ids as the client makes them, in slices."""
    for first in range(0, count, SLICE):
        yield [
            NewTask(
                id=new_id(),
                task=task,
                queue=queue,
                args=b"[%d,2]" % number,
                digest=payload_digest(b"%d" % number),
                timeout=timeout,
            )
            for number in range(first, min(first + SLICE, count))
        ]


def submit(ledger: Ledger, count: int, task: str, queue: str) -> list[str]:
    """Submit `count` tasks; returns their ids, in order."""
    ids = []
    for tasks in new_tasks(count, task, queue):
        ledger.intake.submit(tasks)
        ids += [task.id for task in tasks]
    return ids


def finish(ledger: Ledger, count: int, queue: str) -> None:
    """Carry `count` waiting tasks of a queue through QUEUED and STARTED to SUCCESS."""
    worker = new_worker_id()
    ledger.runs.beat(worker, {})
    left, number = count, 0
    while left:
        claimed = ledger.outbox.claim(queue, min(SLICE, left), SLICE)
        ledger.outbox.confirm(queue, [(copy.id, copy.run) for copy in claimed])
        tokens = [f"{worker}.{number + place}" for place in range(len(claimed))]
        asks = [StartAsk(copy.id, copy.run, token) for copy, token in zip(claimed, tokens, strict=True)]
        ledger.runs.start(worker, asks)
        ledger.runs.finish(_finishes(asks))
        number += len(claimed)
        left -= len(claimed)
    ledger.runs.leave(worker)


def _finishes(asks: Sequence[StartAsk]) -> list[Finish]:
    return [Finish(ask.id, ask.token, Outcome.SUCCESS, b"42", 150) for ask in asks]
