"""A node is gone, with all that is on it."""

from longshore_loadtest.faults.fault import ActiveFault, Fault
from longshore_loadtest.faults.kinds.node_drain import on_nodes
from longshore_loadtest.targets.target import PARTS, Instance, Target


class NodeLost(Fault):
    """Cuts a node off by a command of the user's, and gives it back.

    Never one with RabbitMQ or Redis: while the one copy of the data is away, all that can be done is to wait.
    """

    name = "node-loss"
    summary = "a node without RabbitMQ and Redis taken away, by a command of yours, and given back"
    places = ("node",)
    least = 90.0  # Kubernetes takes most of a minute to notice.

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says."""
        del place
        return target.lacks("lose-node")

    def victims(self, target: Target, place: str) -> list[Instance]:
        """One pod of each node that may go stands for it."""
        del place
        kept = {one.node for part in ("rabbitmq", "redis") for one in target.instances(part)}
        return [instance for instance in on_nodes(target) if instance.node not in kept]

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Take it away."""
        target.nodes().lose(active_fault.victim.node, lost=True)

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Give it back."""
        target.nodes().lose(active_fault.victim.node, lost=False)

    def whole(self, target: Target, active_fault: ActiveFault) -> bool:
        """The node takes pods, and all parts are there."""
        return target.nodes().usable(active_fault.victim.node) and all(map(target.whole, PARTS))
