"""Tasks with every outcome, for dashboards to show. Workers load it as a module."""

import os
import signal
import time

from longshore import task


@task(queue="panels", timeout=60)
def work(seconds: float) -> float:
    """Succeed after a while."""
    time.sleep(seconds)
    return seconds


@task(queue="panels", backoff=0.1)
def fail(number: int) -> int:
    """Fail, always."""
    raise ValueError(number)


@task(queue="panels")
def kill(number: int) -> int:
    """Kill the process that runs it."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@task(queue="interrupted")
def interrupted(number: int) -> int:
    """Wait for the queue to go on, now and then."""
    time.sleep(0.01)
    return number


@task(queue="unserved")
def unserved(number: int) -> int:
    """Wait for a worker that never comes."""
    return number
