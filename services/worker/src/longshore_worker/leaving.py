"""The end of a process that has imported users' modules, which may have started threads that never end."""

import os
import sys
import threading
import time
from contextlib import suppress
from typing import Final, NoReturn

_PATIENCE_SECONDS: Final = 2.0


def leave(status: int) -> NoReturn:
    """End this process, threads or not: Python itself waits for each thread that is no daemon."""
    until = time.monotonic() + _PATIENCE_SECONDS
    for thread in _others():
        thread.join(max(until - time.monotonic(), 0.0))
    if not _others():
        sys.exit(status)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or gone
            stream.flush()
    os._exit(status)


def _others() -> list[threading.Thread]:
    here = threading.current_thread()
    return [thread for thread in threading.enumerate() if thread is not here and not thread.daemon]
