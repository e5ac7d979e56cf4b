"""The ledger's server becomes a replica and takes no writes, as after a failover behind one address."""

from random import Random

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.ledger import ReadOnly
from longshore_loadtest.targets.target import Target


class LedgerReadOnly(Disrupting):
    """Connections stay open."""

    name = "ledger-readonly"
    summary = "the ledger is a replica for a while: READONLY"
    places = ("redis",)

    def disruption(self, target: Target, place: str, chance: Random) -> ReadOnly:
        """Make it one."""
        del target, place, chance
        return ReadOnly()
