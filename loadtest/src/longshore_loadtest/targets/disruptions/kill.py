"""SIGKILL, to a process or to one of its children."""

import random
import signal

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.processes import Process


class Kill(Disruption, frozen=True, tag="kill"):
    """`kill -9` of the process alone. Its children are left to whoever started it."""

    def begin(self, main: Process) -> None:
        """Kill it."""
        main.send(signal.SIGKILL)


class KillGroup(Disruption, frozen=True, tag="kill-group"):
    """`kill -9` of the process and of all that descend from it."""

    def begin(self, main: Process) -> None:
        """Stop them first, the parent before its children: none starts another, and none sees one die."""
        family = main.family()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for one in family:
                one.send(number)


class KillChild(Disruption, frozen=True, tag="kill-child"):
    """`kill -9` of one of its children, as when a task takes more memory than there is."""

    chance: int = 0
    """Which one."""

    def lacks(self, main: Process) -> str | None:
        """It has to have children."""
        return None if main.children() else "it has no children: its pool runs threads"

    def begin(self, main: Process) -> None:
        """Kill one."""
        if children := main.children():
            random.Random(self.chance).choice(children).send(signal.SIGKILL)
