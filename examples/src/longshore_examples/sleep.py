"""Progress and cancellation: a task that takes its time says how far it is, and stops when asked to."""

import time

from longshore import current, task


@task
def sleep(seconds: float = 10.0) -> str:
    """Sleep, a tenth of a second at a time."""
    steps = round(seconds * 10)
    for step in range(steps):
        if current().cancelled():  # Tidy up here: in a prefork pool, who does not ask is ended anyway.
            return f"woken after {step / 10} s"
        time.sleep(0.1)
        current().progress(step + 1, steps)
    return f"slept {seconds} s"
