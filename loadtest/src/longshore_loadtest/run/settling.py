"""After the load: wait until everything that was accepted has ended."""

import time
from typing import Final

from longshore.client import Client
from longshore.errors import LongshoreError
from longshore.states import TERMINAL, State
from longshore_loadtest.marks.answers import QUEUE

_EVERY: Final = 0.5


def settle(client: Client, seconds: float) -> int:
    """Resume the queue, whoever paused it, and wait; returns how many have not ended after `seconds`."""
    until = time.monotonic() + seconds
    left = -1
    while time.monotonic() < until:
        try:
            client.resume(QUEUE)
            left = _open(client)
        except LongshoreError:  # It may not be back yet from the last fault.
            left = -1
        if left == 0:
            return 0
        time.sleep(_EVERY)
    return left


def _open(client: Client) -> int:
    counts = [queue.counts for queue in client.queues() if queue.name == QUEUE]
    return sum(count.get(state, 0) for count in counts for state in State if state not in TERMINAL)
