"""`python -m longshore_loadtest.targets.agent`: does one injury to a container of this node, and undoes it.

It undoes it when its time is over and when it is asked to end, so that nothing stays broken when whoever sent
it is gone.
"""

import argparse
import signal
import sys
import threading
from typing import Final

import msgspec

from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.injuries.every import AnyInjury
from longshore_loadtest.targets.processes import Process, in_container

BEGUN: Final = "begun"
"""The line that it prints when it has."""


def main() -> None:
    """Read what to do, and do it. Exits with status 1, and the reason, where it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m longshore_loadtest.targets.agent", description=__doc__)
    parser.add_argument("--container", required=True, help="its id, without `containerd://`")
    parser.add_argument("--seconds", type=float, required=True, help="until it is undone")
    parser.add_argument("injury", help="JSON")
    given = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    found = in_container(given.container)
    if found is None:
        raise SystemExit(f"no process of container {given.container} is on this node")
    try:
        act(found, msgspec.json.decode(given.injury, type=AnyInjury), given.seconds, over)
    except (Impossible, OSError) as reason:
        raise SystemExit(str(reason)) from reason


def act(main: Process, injury: AnyInjury, seconds: float, over: threading.Event) -> None:
    """Injure, wait, treat. Raises Impossible, OSError: what was begun is undone all the same."""
    if missing := injury.lacks(main):
        raise Impossible(missing)
    injury = injury.prepared(main)
    try:
        injury.begin(main)
        sys.stdout.write(f"{BEGUN}\n")
        sys.stdout.flush()
        over.wait(seconds)
    finally:
        injury.end(main)


if __name__ == "__main__":
    main()
