"""Another client's script keeps the ledger busy."""

from random import Random

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.ledger import Busy
from longshore_loadtest.targets.target import Target


class LedgerBusy(Disrupting):
    """Nothing else is done, and after a while everybody is told BUSY."""

    name = "ledger-busy"
    summary = "another client's script runs and runs: the ledger answers BUSY"
    places = ("redis",)

    def disruption(self, target: Target, place: str, chance: Random) -> Busy:
        """Run it."""
        del target, place, chance
        return Busy()
