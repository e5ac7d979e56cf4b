"""Which faults, on which places: what there is, what was asked for, what a target can have."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Target


class Choice(NamedTuple):
    """A fault and the place it is done to: `kill-forced/worker`."""

    fault: str
    place: str

    def __str__(self) -> str:
        return f"{self.fault}/{self.place}"


EVERY: Sequence[Choice] = [Choice(name, place) for name, fault in FAULTS.items() for place in fault.places]


def chosen(patterns: Iterable[str] = ()) -> list[Choice]:
    """Those that patterns choose: `kill-*`, `freeze/redis`, `*/worker`, `!node-*` (not). None means `all`.

    Raises Impossible for a pattern that means nothing (a fault misspelt is a fault never tried), and where
    they choose nothing together.
    """
    patterns = list(patterns)
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    for pattern in [*wanted, *unwanted]:
        if not any(_means(pattern, choice) for choice in EVERY):
            raise Impossible(f"no fault is called {pattern}: `longshore-loadtest faults list` has them all")
    found = [
        choice
        for choice in EVERY
        if (not wanted or any(_means(pattern, choice) for pattern in wanted))
        and not any(_means(pattern, choice) for pattern in unwanted)
    ]
    if not found:
        raise Impossible(f"these choose no fault: {' '.join(patterns)}")
    return found


def reasons(target: Target, choices: Iterable[Choice]) -> dict[Choice, str | None]:
    """Why the target cannot have each of them; None for those that it can."""
    return {choice: FAULTS[choice.fault].lacks(target, choice.place) for choice in choices}


def possible(target: Target, choices: Iterable[Choice]) -> list[Choice]:
    """Those that the target can have. Raises Impossible with the reasons when it can have none."""
    why = reasons(target, choices)
    can = [choice for choice, missing in why.items() if missing is None]
    if not can:
        none = "; ".join(f"{choice}: {missing}" for choice, missing in why.items())
        raise Impossible(f"none of these faults can be done here: {none}")
    return can


def _means(pattern: str, choice: Choice) -> bool:
    fault, _, place = ("*" if pattern == "all" else pattern).partition("/")
    return fnmatchcase(choice.fault, fault) and fnmatchcase(choice.place, place or "*")
