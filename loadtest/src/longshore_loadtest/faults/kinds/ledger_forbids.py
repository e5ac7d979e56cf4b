"""The ledger's users may run no scripts for a while: somebody has made a mistake with their rights."""

from typing import Any

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.ledger_fault import LedgerFault


class LedgerForbids(LedgerFault):
    """EVALSHA is taken from every user that has it: NOPERM."""

    name = "ledger-noperm"
    summary = "the ledger's users may not run scripts: NOPERM"

    def look(self, server: Any) -> dict[str, str]:
        """Who may."""
        users = server.acl_users()
        probe = ("EVALSHA", "0" * 40, "0")
        return {user: "" for user in users if server.execute_command("ACL", "DRYRUN", user, *probe) == "OK"}

    def spoil(self, server: Any, active_fault: ActiveFault) -> None:
        """Forbid it."""
        for user in active_fault.former:
            server.execute_command("ACL", "SETUSER", user, "-evalsha")

    def undo(self, server: Any, active_fault: ActiveFault) -> None:
        """Allow it again."""
        for user in active_fault.former:
            server.execute_command("ACL", "SETUSER", user, "+evalsha")
