"""Faults of a way between two parts, made by the proxy on it."""

from typing import ClassVar

from msgspec.structs import replace

from longshore_loadtest.faults.fault import ActiveFault, Fault
from longshore_loadtest.faults.proxy.control import Toxics, lacks_proxy, tell
from longshore_loadtest.faults.ways import WAYS
from longshore_loadtest.targets.target import Target


class Hampered(Fault):
    """The proxy spoils what passes it."""

    places = WAYS
    toxics: ClassVar[Toxics]

    def lacks(self, target: Target, place: str) -> str | None:
        """A proxy that answers."""
        return lacks_proxy(target, place)

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Tell the proxy, and for how long: it forgets by itself."""
        tell(target, active_fault.place, replace(self.toxics, seconds=active_fault.seconds))

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Tell it that this is over."""
        tell(target, active_fault.place, Toxics())
