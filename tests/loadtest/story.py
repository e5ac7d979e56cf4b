"""Runs that never were: load, one queue with workers behind it, and faults that stop it for a while."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from longshore_loadtest.history.record import (
    Call,
    Complete,
    Fail,
    Fault,
    Invoke,
    Line,
    Mark,
    Ok,
    Record,
    Sample,
)
from longshore_loadtest.marks.answers import MARK, QUEUE, answer
from tests.loadtest.telling import clock

API: Final = "API killed"
"""The fault during which nothing is accepted; all others stop the workers."""
_PARTS: Final = {
    "api": (90e6, 0.0),
    "scheduler": (60e6, 0.0),
    "worker": (310e6, 4e6),
    "rabbitmq": (170e6, 0.0),
}
"""Bytes, and bytes a minute."""


@dataclass(frozen=True)
class Break:
    """A fault: seconds."""

    name: str
    target: str
    begun: float
    healed: float

    def lasts(self, at: float) -> bool:
        return self.begun <= at < self.healed


def steady(rate: float) -> Callable[[float], float]:
    """So many tasks a second, all the time."""
    return lambda _at: rate


def story(
    seconds: float,
    rate: Callable[[float], float],
    breaks: Sequence[Break] = (),
    *,
    capacity: float = 60.0,
    seed: int = 1,
    ahead: float = 0.0,
    lost: int = 0,
) -> list[Line]:
    """The lines of a run. `ahead`: seconds of the ledger's clock; `lost`: records missing at the end."""
    chance = random.Random(seed)
    lines: list[Line] = []
    tasks: list[tuple[float, float, float]] = []  # accepted, begun, done
    due, free, op = 0.0, 0.0, 0
    while (due := due + chance.expovariate(rate(due))) < seconds:
        op += 1
        asked = due + abs(chance.gauss(0, 0.0005))
        answered = asked + 0.002 + chance.expovariate(400)
        id = f"r-{op}"
        call = Call(id=id, task=MARK, args=[op, 0])
        lines.append(Invoke(at=asked, op=op, process="p", action="submit", due=due, calls=[call]))
        if any(one.name == API and one.lasts(asked) for one in breaks):
            lines.append(Fail(at=answered, op=op, problem="connection refused"))
            continue
        lines.append(Ok(at=answered, op=op, status=202))
        accepted = (asked + answered) / 2
        begun = max(accepted + 0.004, free)
        runs = 1
        for one in breaks:
            if one.name != API and begun < one.healed and begun + 1 / capacity > one.begun:
                runs += one.begun > begun or abs(begun - one.begun) < 0.02
                begun = one.healed + chance.random() * 0.5
        free = begun + 1 / capacity
        done = free + chance.expovariate(200)
        tasks.append((accepted, begun, done))
        for run in range(runs):
            last = run == runs - 1
            lines.append(
                Mark(at=begun - (0 if last else 0.01), event="begun", id=id, token=f"{id}/{run}", value=op)
            )
        lines.append(Mark(at=done, event="ended", id=id, token=f"{id}/{runs - 1}", value=answer(MARK, [op])))
        if len(tasks) > lost:
            lines.append(
                Record(
                    at=seconds + 60,
                    id=id,
                    state="SUCCESS",
                    task=MARK,
                    queue=QUEUE,
                    result=answer(MARK, [op]),
                    deliveries=runs,
                    submitted_at=clock(accepted + ahead),
                    started_at=clock(begun + ahead),
                    finished_at=clock(done + ahead),
                )
            )
    for one in breaks:
        lines += [
            Fault(at=one.begun, name=one.name, target=one.target, phase="begun"),
            Fault(at=(one.begun + one.healed) / 2, name=one.name, target=one.target, phase="ended"),
            Fault(at=one.healed, name=one.name, target=one.target, phase="healed"),
        ]
    end = max((done for *_, done in tasks), default=seconds)
    lines += _samples(max(end, seconds), tasks, breaks, chance)
    return [*lines, Complete(at=seconds + 60, records=len(tasks))]


def _samples(
    end: float, tasks: Sequence[tuple[float, float, float]], breaks: Sequence[Break], chance: random.Random
) -> list[Line]:
    found: list[Line] = []
    for second in range(int(end) + 1):
        waiting = sum(accepted <= second < begun for accepted, begun, _ in tasks)
        started = sum(begun <= second < done for _, begun, done in tasks)
        killed = any(one.lasts(second) and "worker" in one.name for one in breaks)
        found.append(
            Sample(
                at=float(second),
                backlog=waiting,
                states={"PENDING": max(0, waiting - 1000), "QUEUED": min(waiting, 1000), "STARTED": started},
                workers=2 if killed else 3,
                replicas={"api": 2, "scheduler": 2, "worker": 2 if killed else 3},
                memory={
                    name: {f"{name}-1": base + grows * second / 60 + chance.gauss(0, 4e5)}
                    for name, (base, grows) in _PARTS.items()
                },
                processor={"worker": 0.8, "api": 0.25},
            )
        )
    return found
