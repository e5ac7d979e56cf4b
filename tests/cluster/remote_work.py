"""What only the remote worker can do."""

import os

from longshore import task


@task(queue="remote", timeout=30)
def whereabouts(_: int = 0) -> str:
    """Say which process ran it."""
    return f"process {os.getpid()} of the machine outside"
