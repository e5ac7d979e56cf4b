"""SIGSTOP and SIGCONT: a process that is there, and does nothing."""

import signal
from collections.abc import Sequence
from typing import Self

from msgspec.structs import replace

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.processes import Process


class Freeze(Disruption, frozen=True, tag="freeze"):
    """Stops a process and all that descend from it, as a machine does that swaps, or a paused VM."""

    stopped: Sequence[str] = ()
    """Uids of the processes."""

    def prepared(self, main: Process) -> Self:
        """See who they are: the children of a dead parent are nobody's."""
        return replace(self, stopped=[one.uid for one in main.family()])

    def begin(self, main: Process) -> None:
        """Stop the parent first: it starts no more children then."""
        for one in self._family(main):
            one.send(signal.SIGSTOP)

    def end(self, main: Process) -> None:
        """Let them go on, the parent last: it finds its children as it left them."""
        for one in reversed(self._family(main)):
            one.send(signal.SIGCONT)

    def _family(self, main: Process) -> list[Process]:
        return list(dict.fromkeys([*map(Process.of, self.stopped), *main.family()]))
