"""A way between two parts on which packets get lost."""

from typing import Final

from longshore_loadtest.faults.fault import Fault, Wound
from longshore_loadtest.faults.proxy.control import Toxics, lacks_proxy, tell
from longshore_loadtest.faults.ways import WAYS
from longshore_loadtest.targets.target import Target

_LOSS: Final = 0.05


class Loss(Fault):
    """One piece in twenty is lost. TCP sends it again: it is late, and all behind it."""

    name = "loss"
    summary = "5 % of the packets lost, as TCP feels it, between two parts (a proxy on the way)"
    places = WAYS

    def lacks(self, target: Target, place: str) -> str | None:
        """A proxy that answers."""
        return lacks_proxy(target, place)

    def begin(self, target: Target, wound: Wound) -> None:
        """Tell the proxy, and for how long: it forgets by itself."""
        tell(target, wound.place, Toxics(loss=_LOSS, seconds=wound.seconds))

    def heal(self, target: Target, wound: Wound) -> None:
        """Tell it that this is over."""
        tell(target, wound.place, Toxics())
