"""The tasks of the worker's tests. Those that leave a mark write a line to the file MARKS."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections import Counter

from longshore import current, task


def _mark(word: str) -> None:
    running = current()
    file = os.open(os.environ["MARKS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(file, f"{word} {running.id} {os.getpid()}\n".encode())
    os.close(file)


@task
def noop(a: int = 0) -> int:
    """Nothing."""
    return a


@task(timeout=30)
def nap(seconds: float = 0.0) -> float:
    """Sleep, and leave marks around it, unless it is no sleep at all."""
    if seconds:
        _mark("begun")
        time.sleep(seconds)
        _mark("ended")
    return seconds


@task
def deaf(seconds: float) -> float:
    """Sleep, and mind nothing: no limit either."""
    return nap(seconds)


@task
def hog(seconds: int) -> int:
    """Hold the GIL, as a C function may, and as a bad regular expression does."""
    _mark("begun")
    ctypes.PyDLL(None).sleep(seconds)
    return seconds


@task
def polite(seconds: float) -> str:
    """Wait for somebody to cancel it, showing progress."""
    _mark("begun")
    for step in range(round(seconds * 50)):
        current().progress(step + 1, round(seconds * 50))
        if current().cancelled():
            _mark("heard")
            return "stopped"
        time.sleep(0.02)
    return "slept"


@task(timeout=0.3)
def limited(seconds: float) -> float:
    """Sleep longer than allowed, perhaps."""
    time.sleep(seconds)
    return seconds


@task
def poison(_: int = 0) -> None:
    """Kill the process that runs it."""
    _mark("begun")
    os.kill(os.getpid(), signal.SIGKILL)


@task
def answer(kind: str) -> object:
    """Return, or raise, what is asked for."""
    match kind:
        case "nan":
            return float("nan")
        case "set of objects":
            return [object()]
        case "huge":
            return "x" * 100_000
        case "exit":
            sys.exit(3)
        case "thread":
            return threading.current_thread() is threading.main_thread()
        case "id":
            return current().id
    raise ValueError(f"no {kind} here")


@task(retries=2, backoff=0.05)
def third_time(_: int = 0) -> int:
    """Work at the third attempt."""
    if current().attempt < 3:
        raise ConnectionError("not yet")
    return current().attempt


_tries: Counter[str] = Counter()


@task(timeout=0.4)
def line(text: str) -> str:
    """A line of a file: a word says what to do."""
    match text:
        case "sleep":
            time.sleep(30)
        case "fail":
            raise ValueError("as it was told")
        case "second" | "third":
            _tries[text] += 1
            if _tries[text] < ("first", "second", "third").index(text) + 1:
                raise ValueError("not yet")
        case "die":
            _mark("dies")
            os.kill(os.getpid(), signal.SIGKILL)
        case "nan":
            return float("nan")  # type: ignore[return-value]
    return text.upper()


@task
def bulky(size: int) -> str:
    """A result of that many bytes."""
    return "x" * size
