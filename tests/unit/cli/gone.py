"""Whether a process has ended."""

import os
from pathlib import Path


def gone(pid: int) -> bool:
    """True once it runs no more. A zombie, which whoever adopts orphans has yet to bury, is gone, too."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
