"""The ledger's append-only file has no room to grow."""

from pathlib import Path
from random import Random
from typing import Final

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.fill import Fill
from longshore_loadtest.targets.target import Local, Target

_DATA: Final = "/data"
"""Where the chart has it."""


class DiskFull(Disrupting):
    """The disk below it is filled. With `appendfsync always` Redis ends, and so again until there is room."""

    name = "disk-full"
    summary = "the disk of Redis' append-only file full; only one with 1 GiB or less left is filled"
    places = ("redis",)

    def disruption(self, target: Target, place: str, chance: Random) -> Fill:
        """Fill it."""
        del place, chance
        address = target.address
        return Fill(folder=str(Path(address.data).resolve()) if isinstance(address, Local) else _DATA)
