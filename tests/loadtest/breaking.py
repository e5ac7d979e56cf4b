"""Freezes a local target's worker: `python -m tests.loadtest.breaking DATA ACTIVE_FAULTS [--thread]`."""

import sys
import threading
from pathlib import Path

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.faults.signals import ending_orderly
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.target import Local


def say(name: str, place: str, phase: str, detail: str) -> None:
    """What it does, for the test to wait for."""
    print(name, place, phase, detail, flush=True)


def main(data: Path, active_faults: Path, *words: str) -> None:
    """Break it; in a thread of its own, where asked, while the main one ends at once when told to."""
    plan = Plan([Step(0.0, "freeze", "worker", 60.0, 7)])
    monkey = Monkey(LocalTarget(Local(str(data))), plan, ActiveFaults(active_faults), say)
    with ending_orderly():
        if "--thread" in words:
            threading.Thread(target=monkey.run, daemon=True).start()
            threading.Event().wait(60)
        else:
            monkey.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
