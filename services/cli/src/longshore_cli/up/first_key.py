"""The first API key, for an `up` that other machines can reach."""

import os

from longshore.ledger import Ledger
from longshore.ledger.keys import Role
from longshore_api.auth.exposure import asks_for_keys
from longshore_cli.up.log import Log
from longshore_cli.up.plan import Plan


def make_first_key(ledger: Ledger, plan: Plan, log: Log) -> None:
    """Where keys are asked for and there is none, make one for an administrator and keep it in a file.

    Not in the log: logs are sent to places where keys should not be.
    """
    if not asks_for_keys(plan.settings) or ledger.keys.any():
        return
    secret = ledger.keys.create("up", Role.ADMIN)
    path = plan.settings.data / "admin.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    log.say(
        "other machines can reach this API, so it asks for keys; the first one was made",
        level="warning",
        file=str(path),
        use=f'export LONGSHORE_KEY="$(cat {path})"',
    )
