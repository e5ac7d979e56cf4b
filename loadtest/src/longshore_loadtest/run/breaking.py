"""Faults during the load: the monkey, in a thread of its own, and its lines in the history."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.choices import chosen, possible
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan as Schedule
from longshore_loadtest.faults.plan import drawn, replayed
from longshore_loadtest.faults.ways import CLIENT
from longshore_loadtest.history.reader import read
from longshore_loadtest.history.record import Fault, Invoke, Phase
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.run.metrics import Metrics
from longshore_loadtest.run.plan import Plan
from longshore_loadtest.targets.target import Target

_CALM: Final = 0.1
"""Share of the load's time at its end in which nothing new is broken: recovery is seen under load."""


def schedule(plan: Plan, target: Target) -> Schedule:
    """What is to happen. Raises Impossible when nothing of what was asked for can be done there."""
    assert plan.breaking
    if plan.breaking.replay is not None:
        lines = [entry.line for entry in read(plan.breaking.replay).entries]
        begun = next((line.at for line in lines if isinstance(line, Invoke)), 0.0)
        return replayed(lines, begins_at=begun)
    return drawn(
        possible(target, chosen(plan.breaking.names)),
        seed=plan.settings.seed,
        length=_length(plan),
        interval=plan.breaking.interval,
        duration=plan.breaking.duration,
    )


def _length(plan: Plan) -> float:
    """Seconds of the load in which things may be broken."""
    return plan.settings.seconds * (1 - _CALM)


def wants_proxy(plan: Plan) -> bool:
    """Whether a fault may come to the way between Locust and the API."""
    if plan.breaking is None:
        return False
    return plan.breaking.replay is not None or any(one.place == CLIENT for one in chosen(plan.breaking.names))


class Breaker:
    """Follows the schedule in the `with` block; at its end all is healed, or `failure` says why not."""

    def __init__(
        self, plan: Plan, target: Target, writer: Writer, metrics: Metrics, say: Callable[[str], None]
    ) -> None:
        assert plan.breaking
        self._writer = writer
        self._metrics = metrics
        self._say = say
        self._stop = threading.Event()
        self.failure: BaseException | None = None
        steps = schedule(plan, target)
        say(f"faults: {steps.said()}")
        self._monkey = Monkey(
            target,
            steps,
            ActiveFaults(plan.settings.folder / "active_faults"),
            self._tell,
            names=plan.breaking.select,
            minimum_age=plan.breaking.minimum_age,
            length=_length(plan),
        )
        self._thread = threading.Thread(target=self._run, name="monkey")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if missed := self._monkey.missed():
            self._say(f"faults: {missed}")

    def _run(self) -> None:
        try:
            self._monkey.run(self._stop)
        except BaseException as error:  # noqa: BLE001 - the load goes on, and the run ends with it
            self.failure = error
            self._say(f"the faults are at an end: {type(error).__name__}: {error}")

    def _tell(self, name: str, target: str, phase: Phase, detail: str) -> None:
        self._writer.write(Fault(at=self._writer.now(), name=name, target=target, phase=phase, detail=detail))
        self._metrics.tell(name, target, phase)
        self._say(f"fault {name}/{target} {phase}: {detail}")
