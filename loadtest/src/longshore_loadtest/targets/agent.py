"""`python -m longshore_loadtest.targets.agent`: disrupts a container of this node for a while.

It undoes it when its time is over and when it is asked to end, so that nothing stays broken when whoever sent
it is gone.
"""

import argparse
import signal
import sys
import threading
from typing import Final

import msgspec

from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process, in_container

BEGUN: Final = "begun"
"""The line that it prints when it has."""


def main() -> None:
    """Read what to do, and do it. Exits with status 1, and the reason, where it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m longshore_loadtest.targets.agent", description=__doc__)
    parser.add_argument("--container", required=True, help="its id, without `containerd://`")
    parser.add_argument("--seconds", type=float, required=True, help="until it is undone")
    parser.add_argument("disruption", help="JSON")
    given = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    found = in_container(given.container)
    if found is None:
        raise SystemExit(f"no process of container {given.container} is on this node")
    try:
        act(found, msgspec.json.decode(given.disruption, type=AnyDisruption), given.seconds, over)
    except (Impossible, OSError) as reason:
        raise SystemExit(str(reason)) from reason


def act(main: Process, disruption: AnyDisruption, seconds: float, over: threading.Event) -> None:
    """Disrupt, wait, undo. Raises Impossible, OSError: what was begun is undone all the same."""
    if missing := disruption.lacks(main):
        raise Impossible(missing)
    disruption = disruption.prepared(main)
    try:
        disruption.begin(main)
        sys.stdout.write(f"{BEGUN}\n")
        sys.stdout.flush()
        over.wait(seconds)
    finally:
        disruption.end(main)


if __name__ == "__main__":
    main()
