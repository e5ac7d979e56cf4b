"""The ledger's server becomes a replica and takes no writes, as after a failover behind one address."""

from typing import Any, Final

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.ledger_fault import LedgerFault
from longshore_loadtest.targets.impossible import Impossible

_NOBODY: Final = ("127.0.0.1", "1")
"""A primary that nothing can be copied from: what is in memory stays."""


class LedgerReadOnly(LedgerFault):
    """`REPLICAOF` somebody who is not there, later `NO ONE`. Connections stay open."""

    name = "ledger-readonly"
    summary = "the ledger is a replica for a while: READONLY"

    def look(self, server: Any) -> dict[str, str]:
        """It has to be a primary now."""
        if server.role()[0] != "master":
            raise Impossible("the ledger is a replica of another server")
        return {}

    def spoil(self, server: Any, active_fault: ActiveFault) -> None:
        """Make it one."""
        del active_fault
        server.execute_command("REPLICAOF", *_NOBODY)

    def undo(self, server: Any, active_fault: ActiveFault) -> None:
        """Make it a primary again."""
        del active_fault
        server.execute_command("REPLICAOF", "NO", "ONE")
