"""A slow way between two parts."""

from typing import Final

from longshore_loadtest.faults.fault import Fault, Wound
from longshore_loadtest.faults.proxy.control import Toxics, lacks_proxy, tell
from longshore_loadtest.faults.ways import WAYS
from longshore_loadtest.targets.target import Target

_DELAY: Final = 0.1
_JITTER: Final = 0.05


class Latency(Fault):
    """All that passes the proxy on the way is late by 0.1 s and up to 0.05 s more, in either direction."""

    name = "latency"
    summary = "100 to 150 ms more, each way, between two parts (a proxy on the way)"
    places = WAYS

    def lacks(self, target: Target, place: str) -> str | None:
        """A proxy that answers."""
        return lacks_proxy(target, place)

    def begin(self, target: Target, wound: Wound) -> None:
        """Tell the proxy, and for how long: it forgets by itself."""
        tell(target, wound.place, Toxics(delay=_DELAY, jitter=_JITTER, seconds=wound.seconds))

    def heal(self, target: Target, wound: Wound) -> None:
        """Tell it that this is over."""
        tell(target, wound.place, Toxics())
