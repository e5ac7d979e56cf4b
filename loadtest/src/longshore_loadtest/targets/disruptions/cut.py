"""A network cut between one pod and some addresses."""

from collections.abc import Iterator
from ipaddress import ip_address

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.disruptions.netfilter import drop_table, lacks_nft, put_table
from longshore_loadtest.targets.processes import Process

_TABLE = "longshore_loadtest"


class Cut(Disruption, frozen=True, tag="cut"):
    """Drops, in the process' network namespace, all that comes from these addresses or goes to them.

    Without an answer, and also of connections that exist: a NetworkPolicy leaves those alone.
    """

    addresses: list[str]

    def lacks(self, main: Process) -> str | None:
        """Root and nft, and somebody to be cut off from."""
        del main
        return lacks_nft() or (None if self.addresses else "there is nobody to cut it off from")

    def begin(self, main: Process) -> None:
        """Cut."""
        put_table(_TABLE, list(self._rules()), _entering(main))

    def end(self, main: Process) -> None:
        """Connect it again. The namespace of a pod that is gone went with it."""
        if main.alive():
            drop_table(_TABLE, _entering(main))

    def _rules(self) -> Iterator[str]:
        for address in self.addresses:
            family = "ip6" if ip_address(address).version == 6 else "ip"
            yield f"{family} saddr {address} drop"
            yield f"{family} daddr {address} drop"


def _entering(main: Process) -> list[str]:
    return ["nsenter", f"--net=/proc/{main.pid}/ns/net"]
