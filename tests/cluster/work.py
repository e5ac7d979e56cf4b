"""The tasks that cluster tests submit; a ConfigMap brings them into the workers.

Each leaves its marks in a Redis of the tests' own, which no fault touches.
"""

import os
import time

import redis

from longshore import current, task

_marks = redis.Redis(host="marks", socket_timeout=5)


def _write(event: str, number: int) -> None:
    running = current()
    _marks.rpush("marks", f"{event} {running.id} {running.attempt} {number} {os.getpid()} {time.monotonic()}")


def _marked(number: int, ms: float) -> int:
    _write("begun", number)
    time.sleep(ms / 1000)
    _write("ended", number)
    return number


@task(queue="marks", timeout=120)
def mark(number: int, ms: float = 0) -> int:
    """Leave a mark, work for so many milliseconds, leave another and return the number."""
    return _marked(number, ms)


@task(queue="burst", timeout=120)
def burst(number: int, ms: float = 50) -> int:
    """The same, on the queue of the pool that KEDA scales."""
    return _marked(number, ms)


@task(queue="spin", timeout=120)
def spin(number: int, ms: float = 50) -> int:
    """Use a processor for so many milliseconds, on the queue of the pool that is scaled by its use."""
    until = time.process_time() + ms / 1000
    while time.process_time() < until:
        pass
    return number
