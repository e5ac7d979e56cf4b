"""Our tasks: no work, so that what is measured is the way to it."""

import time

from longshore import task


@task(name="noop", queue="bench-noop", timeout=30)
def noop(a: int, b: int) -> int:
    """Add two numbers; a time limit is on, as in every real task."""
    return a + b


@task(name="stamp", queue="bench-stamp", timeout=30)
def stamp(a: int, b: int) -> float:
    """Say when it began, s since 1970."""
    del a, b
    return time.time()
