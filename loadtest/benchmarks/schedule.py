"""Open-loop submission: a task is due when the schedule says so, whether or not the one before it is through.

Latency counted from that due time leaves nothing out: a stall delays all that were due in it, and counts for
each of them (no "coordinated omission").
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

HANDS: Final = 8
"""Submitters, each with a connection of its own."""

Send = Callable[[int], object]


def send_all(rate: float, count: int, connect: Callable[[], AbstractContextManager[Send]]) -> list[float]:
    """Send 0 to count - 1 at `rate` a second; returns when each was due, s since 1970."""
    numbers = iter(range(count))
    taking = threading.Lock()
    failures: list[BaseException] = []
    ready = threading.Barrier(HANDS + 1)
    began = 0.0

    def submit() -> None:
        try:
            with connect() as send:
                ready.wait()  # connected ...
                ready.wait()  # ... and the clock is set
                while True:
                    with taking:
                        number = next(numbers, None)
                    if number is None or failures:
                        return
                    time.sleep(max(0.0, began + number / rate - time.time()))
                    send(number)
        except BaseException as error:  # noqa: BLE001  # raised below, by the thread that is asked
            failures.append(error)
            ready.abort()

    hands = [threading.Thread(target=submit, daemon=True) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    try:
        ready.wait()
        began = time.time() + 0.1
        ready.wait()
    except threading.BrokenBarrierError:
        raise failures[0] from None
    for hand in hands:
        hand.join()
    if failures:
        raise failures[0]
    return [began + number / rate for number in range(count)]
