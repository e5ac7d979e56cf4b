"""A worker's clock is wrong: whatever is judged by time must be judged by the ledger's."""

from random import Random
from typing import Final

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.skew import Skew
from longshore_loadtest.targets.target import Target

_FARTHEST: Final = 3600


class ClockSkew(Disrupting):
    """Up to an hour ahead or back, for a worker that runs under libfaketime."""

    name = "clock-skew"
    summary = "a worker's clock up to an hour wrong (a worker under libfaketime)"
    places = ("worker",)

    def disruption(self, target: Target, place: str, chance: Random) -> Skew:
        """Set it wrong."""
        del target, place
        return Skew(by=float(chance.choice((-1, 1)) * chance.randint(30, _FARTHEST)))
