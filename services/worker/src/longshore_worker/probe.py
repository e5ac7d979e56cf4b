"""`longshore worker --probe`: are the workers of this machine alive? A container has one."""

import json
import os
from contextlib import suppress

from longshore_worker.dispatch.liveness import folder, trouble_of


def probe() -> str | None:
    """Why a worker of this machine, and this user, is not alive; None if all are."""
    notes = {path: int(path.stem) for path in folder().glob("*.json")}
    living = {path: pid for path, pid in notes.items() if is_alive(pid)}
    for path in notes.keys() - living.keys():
        with suppress(OSError):
            path.unlink()
    if not living:
        return "no worker runs here"
    for path, pid in living.items():
        try:
            note = json.loads(path.read_text())
        except (OSError, ValueError):
            continue  # it ended this moment
        trouble = trouble_of(
            f"process {pid}", note["turned"], note["waiting_since"], note.get("stalled_since")
        )
        if trouble is not None:
            return trouble
    return None


def is_alive(pid: int) -> bool:
    """Whether there is such a process, ours or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
