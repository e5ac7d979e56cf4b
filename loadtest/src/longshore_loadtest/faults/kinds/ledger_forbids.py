"""The ledger's users may run no scripts for a while: somebody has made a mistake with their rights."""

from random import Random

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.ledger import Forbid
from longshore_loadtest.targets.target import Target


class LedgerForbids(Disrupting):
    """EVALSHA is taken from every user that has it."""

    name = "ledger-noperm"
    summary = "the ledger's users may not run scripts: NOPERM"
    places = ("redis",)

    def disruption(self, target: Target, place: str, chance: Random) -> Forbid:
        """Take it."""
        del target, place, chance
        return Forbid()
