"""A schedule of faults: drawn from a seed, or read from the history of an earlier run."""

import random
import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from longshore_loadtest.faults.choices import Choice
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.history.record import Fault as FaultLine
from longshore_loadtest.history.record import Line

_SPREAD: Final = (0.5, 1.5)
"""Of intervals and durations around those asked for."""
_SAID: Final = re.compile(r"for ([\d.]+) s, chance (\d+)")


class Step(Struct, frozen=True):
    """One fault to come."""

    at: float
    """Seconds after the beginning, and by as much later as the faults before took to heal."""
    fault: str
    place: str
    seconds: float
    """How long it lasts; 0 when it is over in a moment."""
    chance: int
    """Decides who of those there is hit, and how."""

    def said(self) -> str:
        """What a later run needs to do the same, for the `detail` of a history's line."""
        return f"for {self.seconds:g} s, chance {self.chance}"


class Plan(Struct, frozen=True):
    """What is to happen, in order."""

    steps: Sequence[Step]
    seed: int | None = None
    """None: it is an earlier run's."""
    choices: Sequence[Choice] = ()
    """What it was drawn from; none when it is an earlier run's."""

    def said(self) -> str:
        """How many faults, and which of those it was drawn from do not come: the time is too short."""
        come = {Choice(step.fault, step.place) for step in self.steps}
        away = [str(choice) for choice in self.choices if choice not in come]
        if away:
            names = ", ".join(away)
            which = f"; {len(away)} of {len(self.choices)} do not come in this time: {names}"
        else:
            which = f", each of {len(self.choices)} at least once" if self.choices else ""
        return f"{len(self.steps)} planned{which}"


def drawn(choices: Sequence[Choice], *, seed: int, length: float, interval: float, duration: float) -> Plan:
    """A plan of `length` s: faults of about `duration` s, each about `interval` s after the end of the last.

    The same choices, seed and times make the same plan. Rounds are shuffled as a deck is: in each, every
    choice comes as often as its fault's weight says, so that none is left to luck.
    """
    chance = random.Random(seed)
    choices = sorted(choices)
    deck = [choice for choice in choices for _ in range(FAULTS[choice.fault].weight)]
    steps: list[Step] = []
    at, come = 0.0, -1
    while len(steps) > come:  # a round that brings nothing is the last
        come = len(steps)
        for fault, place in chance.sample(deck, len(deck)):
            begins = at + interval * chance.uniform(*_SPREAD)
            seconds = round(duration * chance.uniform(*_SPREAD), 1) if FAULTS[fault].lasts else 0.0
            seconds = max(seconds, FAULTS[fault].least)
            if begins > length:
                return Plan(steps, seed, choices)
            if begins + seconds > length:
                continue  # what is shorter may still fit
            steps.append(Step(round(begins, 1), fault, place, seconds, chance.getrandbits(31)))
            at = begins + max(seconds, 0.1)
    return Plan(steps, seed, choices)


def replayed(history: Iterable[Line], *, begins_at: float = 0.0) -> Plan:
    """The plan that an earlier run followed, from the lines of its faults; `at` counts from `begins_at`.

    Healing put off what followed then, and will again: it is taken out of `at`.
    """
    steps: list[Step] = []
    put_off = begins_at
    over = due = 0.0  # when the fault before was over, and when it would have been without healing
    for line in sorted((line for line in history if isinstance(line, FaultLine)), key=lambda line: line.at):
        if line.phase not in ("begun", "skipped"):
            over = line.at
        elif line.name in FAULTS and (said := _SAID.search(line.detail)):
            put_off += max(0.0, over - due)
            seconds = float(said[1])
            over = due = line.at + seconds
            at = max(0.0, round(line.at - put_off, 1))
            steps.append(Step(at, line.name, line.target, seconds, int(said[2])))
    return Plan(steps)
