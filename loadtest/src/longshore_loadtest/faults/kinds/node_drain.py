"""A node is emptied, as before its maintenance."""

import time
from typing import Final

from msgspec.structs import replace

from longshore_loadtest.faults.fault import ActiveFault, Fault
from longshore_loadtest.targets.target import PARTS, Instance, Target

_PAUSE: Final = 1.0
"""Seconds between two rounds of evictions: a PodDisruptionBudget may refuse one for now."""


class NodeDrained(Fault):
    """Cordon, and evict the installation's pods, as `kubectl drain` does; those of others are left alone."""

    name = "node-drain"
    summary = "cordon a node, evict our pods from it, uncordon it"
    places = ("node",)

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says."""
        del place
        return target.lacks("nodes")

    def victims(self, target: Target, place: str) -> list[Instance]:
        """One pod of each node stands for it."""
        del place
        return on_nodes(target)

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Drain it, for as long as the fault lasts."""
        until = time.monotonic() + active_fault.seconds
        target.nodes().cordon(active_fault.victim.node, on=True)
        while target.nodes().evict(active_fault.victim.node) and time.monotonic() < until:
            time.sleep(_PAUSE)

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Let pods onto it again."""
        target.nodes().cordon(active_fault.victim.node, on=False)

    def whole(self, target: Target, active_fault: ActiveFault) -> bool:
        """The node takes pods, and all parts are there."""
        return target.nodes().usable(active_fault.victim.node) and all(map(target.whole, PARTS))


def on_nodes(target: Target) -> list[Instance]:
    """One instance for each usable node that has any, under the node's name."""
    everyone = [instance for part in PARTS for instance in target.instances(part)]
    first = {instance.node: replace(instance, name=instance.node) for instance in reversed(everyone)}
    return [first[node] for node in sorted(first) if target.nodes().usable(node)]
