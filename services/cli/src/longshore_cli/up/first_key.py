"""The first API key, for an `up` that other machines can reach."""

from longshore_api.auth.exposure import asks_for_keys
from longshore_cli.up.log import Log
from longshore_cli.up.plan import Plan
from longshore_cli.up.private import write_private
from longshore_ledger import Ledger
from longshore_ledger.keys import Role


def make_first_key(ledger: Ledger, plan: Plan, log: Log) -> None:
    """Where keys are asked for and there is none, make one for an administrator and keep it in a file.

    Not in the log: logs are sent to places where keys should not be.
    """
    if not asks_for_keys(plan.settings) or plan.settings.admin_key is not None or ledger.keys.any():
        return
    secret = ledger.keys.create("up", Role.ADMIN, by="longshore up")
    path = plan.settings.data / "admin.key"
    write_private(path, secret + "\n")
    log.say(
        "this API asks for keys; the first one was made",
        level="warning",
        file=str(path),
        use=f'export LONGSHORE_KEY="$(cat {path})"',
    )
