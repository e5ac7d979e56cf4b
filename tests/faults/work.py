"""The tasks that fault tests submit. Each leaves its marks in a file that nothing else touches.

Workers load it as a module; the variable MARKS tells them the file.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from longshore import current, task

QUEUE = "faults"


def _write(event: str, number: int) -> None:
    running = current()
    line = f"{event} {running.id} {running.attempt} {number} {os.getpid()} {time.monotonic()}\n"
    # One write to a file opened for appending: lines of processes that die never mix.
    file = os.open(os.environ["MARKS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


@contextmanager
def _marked(number: int) -> Iterator[None]:
    _write("begun", number)
    yield
    _write("ended", number)


@task(queue=QUEUE, timeout=120)
def mark(number: int, ms: float = 0) -> int:
    """Leave a mark, work for so many milliseconds, leave another and return the number."""
    with _marked(number):
        time.sleep(ms / 1000)
    return number


@task(queue=QUEUE, timeout=120)
def poison(number: int) -> int:
    """Kill the process that runs it."""
    with _marked(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@task(queue=QUEUE, timeout=120)
def doom(number: int) -> int:
    """Kill the whole worker, as the kernel does with a group that takes more memory than it may."""
    with _marked(number):
        os.killpg(0, signal.SIGKILL)
    return number
