"""Ends the parts when the supervisor was killed and could not.

A process of its own, which reads from a pipe what runs and sees its end when the supervisor is gone,
however it went. `PR_SET_PDEATHSIG` would do the same for children, but not for theirs, and on Linux only.
Run as a script, without site packages: it costs 10 MB and no time.
"""

import os
import signal
import sys
from contextlib import suppress


def main() -> None:
    """Keep the list that stdin tells (`+ pgid signal`, `- pgid`) and, at its end, send each its signal."""
    for unwanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(unwanted, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        sign, *numbers = line.split()
        if sign == "+":
            groups[int(numbers[0])] = int(numbers[1])
        else:
            groups.pop(int(numbers[0]), None)
    # In the order of starting, backwards: the ledger comes last, and is asked politely.
    for group, number in reversed(groups.items()):
        with suppress(ProcessLookupError):
            os.killpg(group, number)


if __name__ == "__main__":
    main()
