"""Follows a plan of faults, one at a time, and heals each, whatever becomes of itself."""

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatchcase
from math import inf
from random import Random
from typing import Final
from uuid import uuid4

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.fault import ActiveFault, Fault
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.history.record import Phase
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Instance, Target

Tell = Callable[[str, str, Phase, str], None]
"""Is told a fault's name, its place, the phase and a detail: a line of the history."""

_PATIENCE: Final = 60.0
"""Seconds for which healing is tried again: what was broken may be what is needed for it."""
_LOOK: Final = 0.2
"""Seconds between two looks whether all is there again."""


class Monkey:
    """Breaks a target by a plan.

    It heals when a fault's time is over, when `stop` is set, when an exception or an interrupt passes
    through `run`, and at the exit of the process, in whatever thread it runs. Where it is killed itself,
    `active_faults.heal` undoes what it has left, from the record on disk.
    """

    def __init__(
        self,
        target: Target,
        plan: Plan,
        active_faults: ActiveFaults,
        tell: Tell,
        *,
        names: str = "*",
        minimum_age: float = 0.0,
        recovery: float = 180.0,
        length: float = inf,
        dry_run: bool = False,
    ) -> None:
        """Only copies whose names match the pattern `names`, and are `minimum_age` s old, are hit.

        `recovery`: seconds waited until what was broken is whole. `length`: what would not be over so many
        seconds after the beginning does not begin.
        """
        self._target = target
        self._plan = plan
        self._active_faults = active_faults
        self._tell = tell
        self._names = names
        self._minimum_age = minimum_age
        self._recovery = recovery
        self._length = length
        self._left = list(plan.steps)
        self._dry_run = dry_run
        self._lock = threading.RLock()
        """Between this and whatever heals at the exit."""
        self._open: ActiveFault | None = None
        self._over = False

    def run(self, stop: threading.Event | None = None) -> None:
        """Follow the plan to its end, or until `stop` is set. Raises what `tell` raises."""
        stop = stop or threading.Event()
        atexit.register(self._end)
        try:
            began = time.monotonic()
            end = began + self._length
            for step in self._plan.steps:
                if self._dry_run:
                    self._pretend(step)
                    continue
                if max(time.monotonic(), began + step.at) + step.seconds > end:
                    continue
                if stop.wait(max(0.0, began + step.at - time.monotonic())):
                    return
                self._left.remove(step)
                self._take(step, stop)
                # The plan knows nothing of how long healing takes, which puts off all that follows: without a
                # calm between two faults nobody can say what the work recovered from.
                began = max(began, time.monotonic() - step.at - step.seconds)
        finally:
            self._end()
            atexit.unregister(self._end)

    def missed(self) -> str:
        """Which steps did not come, in words; empty when all did."""
        names = ", ".join(dict.fromkeys(f"{step.fault}/{step.place}" for step in self._left))
        return f"{len(self._left)} of {len(self._plan.steps)} planned did not come: {names}" if names else ""

    def _take(self, step: Step, stop: threading.Event) -> None:
        fault = FAULTS[step.fault]
        try:
            active_fault = self._chosen(fault, step)
        except (Impossible, OSError) as reason:
            self._tell(step.fault, step.place, "skipped", f"{reason} ({step.said()})")
            return
        try:
            # As one: whoever heals at the exit must not do so between the record and the deed.
            with self._lock:
                if self._over:
                    return
                self._active_faults.open(self._target, active_fault)
                self._open = active_fault
                self._tell(step.fault, step.place, "begun", f"{active_fault.victim.name}, {step.said()}")
                failure = self._begin(fault, active_fault)
            if not failure:
                stop.wait(active_fault.seconds)
        finally:
            self._heal()
        if not failure:
            self._tell(step.fault, step.place, "ended", active_fault.victim.name)
        late = "" if self._becomes_whole(fault, active_fault) else f"not whole within {self._recovery:g} s"
        if failure:
            self._tell(step.fault, step.place, "failed", f"{failure}; {late}" if late else failure)
        else:
            self._tell(
                step.fault, step.place, "given-up" if late else "healed", late or active_fault.victim.name
            )

    def _begin(self, fault: Fault, active_fault: ActiveFault) -> str:
        """Returns why it could not be begun; empty when it was."""
        try:
            fault.begin(self._target, active_fault)
        except (Impossible, OSError) as reason:
            return f"it could not be begun: {reason}"
        return ""

    def _chosen(self, fault: Fault, step: Step, *, ahead: float = 0.0) -> ActiveFault:
        """Who it hits in `ahead` s, as it is now. Raises Impossible with the reason where nobody."""
        if missing := fault.lacks(self._target, step.place):
            raise Impossible(missing)
        chance = Random(step.chance)
        victim = chance.choice(self._victims(fault, step.place, ahead))
        active_fault = ActiveFault(f"w{uuid4().hex[:12]}", step.fault, step.place, step.seconds, victim)
        return fault.prepared(self._target, active_fault, chance)

    def _victims(self, fault: Fault, place: str, ahead: float) -> list[Instance]:
        there = fault.victims(self._target, place)
        ready = [one for one in there if one.ready and fnmatchcase(one.name, self._names)]
        old = [victim for victim in ready if victim.age + ahead >= self._minimum_age]
        if not old:
            young = f"{len(ready)} ready, younger than {self._minimum_age:g} s"
            none = "none is ready" if self._names == "*" else f"none is ready and called {self._names}"
            raise Impossible(f"nobody to hit: {young if ready else none}")
        return old

    def _becomes_whole(self, fault: Fault, active_fault: ActiveFault) -> bool:
        """Wait until what was broken is there; False when it is not there in time."""
        until = time.monotonic() + self._recovery
        while time.monotonic() < until:
            with suppress(Impossible, OSError):
                if fault.whole(self._target, active_fault):
                    return True
            time.sleep(_LOOK)  # also when the run is over: that it heals still counts
        return False

    def _pretend(self, step: Step) -> None:
        try:
            who = self._chosen(FAULTS[step.fault], step, ahead=step.at).victim.name
        except (Impossible, OSError) as reason:
            who = str(reason)
        self._tell(step.fault, step.place, "skipped", f"dry run, at {step.at:g} s: {who} ({step.said()})")

    def _heal(self) -> None:
        """Heal what is open. Raises Impossible when it does not succeed for long; then it stays on record."""
        with self._lock:
            if self._open is None:
                return
            # Open until it is healed or given up: an interrupt in between leaves it to `_end`.
            active_fault, until = self._open, time.monotonic() + _PATIENCE
            while True:
                try:
                    FAULTS[active_fault.fault].heal(self._target, active_fault)
                except (Impossible, OSError) as reason:
                    if time.monotonic() > until:
                        self._open = None
                        raise Impossible(
                            f"{active_fault.fault}/{active_fault.place} is not healed: {reason}"
                        ) from reason
                    time.sleep(_LOOK)
                else:
                    self._active_faults.close(active_fault)
                    self._open = None
                    return

    def _end(self) -> None:
        with self._lock:
            self._over = True
            self._heal()
