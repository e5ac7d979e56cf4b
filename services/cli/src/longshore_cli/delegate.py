"""Running one part in this process's place."""

import os
import sys
from collections.abc import Sequence

from longshore_cli.targets import settings_for


def become(module: str, arguments: Sequence[str] = (), **given: str | None) -> None:
    """Replace this process by a part: signals and exit status are its own then.

    Where nothing else is said, the part joins a running `longshore up`.
    """
    settings = settings_for(ledger=given.get("ledger"), broker=given.get("broker"))
    joined = {"LONGSHORE_LEDGER": settings.ledger, "LONGSHORE_BROKER": settings.broker}
    own = {f"LONGSHORE_{name.upper()}": value for name, value in given.items() if value is not None}
    # -P: else a file of the working directory would stand in for a module of the same name.
    os.execve(  # noqa: S606 - our own interpreter and module
        sys.executable, [sys.executable, "-P", "-m", module, *arguments], os.environ | joined | own
    )
