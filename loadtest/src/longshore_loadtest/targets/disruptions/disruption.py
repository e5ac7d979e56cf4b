"""The interface of a disruption, which is data: it is written down before it is done."""

from typing import Self

from msgspec import Struct

from longshore_loadtest.targets.processes import Process


class Disruption(Struct, frozen=True, tag=True):
    """Something done to a process. Fields say how, and hold what `end` needs."""

    def lacks(self, main: Process) -> str | None:
        """Why it cannot be done to this process; None if it can."""
        del main
        return None

    def prepared(self, main: Process) -> Self:
        """The same with what `end` will need; nothing is touched yet. Raises Impossible."""
        del main
        return self

    def begin(self, main: Process) -> None:
        """Do it."""
        raise NotImplementedError

    def end(self, main: Process) -> None:
        """Undo it: after any part of `begin` or none, again and again, though the process may be gone."""
