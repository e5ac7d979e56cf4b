"""A job: what one child was given to do at once. Several short tasks, one long one, or a chunk of a file."""

from typing import TYPE_CHECKING

from longshore_worker.dispatch.run import Run
from longshore_worker.execution.result_slots import Ended, Kind, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class Job:
    """Runs that travel together, and their result slot."""

    __slots__ = (
        "abandoned",
        "closed_at",
        "is_chunk",
        "lines",
        "long",
        "runs",
        "seen",
        "sent_at",
        "serial",
        "slot",
        "taker",
    )

    def __init__(self, serial: int, slot: Slot, runs: list[Run], *, long: bool, now: float) -> None:
        self.serial = serial
        self.slot = slot
        self.runs: list[Run | None] = list(runs)
        """By item; None once it has ended or was taken back. A chunk's lines are items of one run."""
        self.is_chunk = runs[0].is_chunk
        """Whether its items are lines."""
        self.lines: list[Ended] = []
        """Of a chunk: the lines that have ended."""
        self.long = long
        """A child that has it will take nothing else for a while."""
        self.sent_at = now
        self.taker: Callable[[], int] = lambda: 0
        """The process that was given it; 0 while none was."""
        self.closed_at: float | None = None
        """When the child was told to begin nothing more."""
        self.abandoned = False
        """Whether its run has been ended without its thread, which goes on."""
        self.seen = 0
        """Bytes of outcomes at the last look."""

    @property
    def is_over(self) -> bool:
        """Whether nothing in it is of interest any more: only its child's answer is missing."""
        return not any(self.runs)

    def waits(self) -> bool:
        """Whether something in it is not begun."""
        begun = self.slot.begun
        if self.is_chunk:
            return begun == 0 and self.runs[0] is not None
        return any(self.runs[begun:])

    def running(self) -> tuple[Run, float] | None:
        """The run that is being run, and for how many seconds its item is."""
        found = self.slot.running()
        if found is None:
            return None
        index, seconds = found
        run = self.runs[0] if self.is_chunk else self.runs[index]
        return None if run is None else (run, seconds)

    def left(self) -> list[tuple[int, Run]]:
        """The runs that are of interest still, with their numbers."""
        return [(index, run) for index, run in enumerate(self.runs) if run is not None]

    def ask_to_stop(self) -> None:
        """Let the item that is being run find out that it is cancelled, if it asks."""
        found = self.slot.running()
        if found is not None:
            self.slot.ask_to_stop(found[0])

    def close(self, now: float) -> None:
        """Let the child begin nothing more."""
        self.slot.skip_all()
        self.closed_at = now

    def harvest(self, used: int) -> list[tuple[Run, Ended]]:
        """Runs that are over, from the first `used` bytes of outcomes. A chunk's lines are kept here."""
        if self.is_chunk:
            self.lines.extend(ended for ended in self.slot.read(used) if ended.kind is not Kind.SKIPPED)
            return []
        found = []
        for ended in self.slot.read(used):
            run = self.runs[ended.index]
            if run is not None:
                self.runs[ended.index] = None
                found.append((run, ended))
        return found

    def take_back(self) -> list[Run]:
        """The runs that are not begun, and will not be: `close` was long enough ago."""
        first = self.slot.begun  # of a chunk that is begun, more than there are runs: its lines stay together
        taken = [run for run in self.runs[first:] if run is not None]
        self.runs[first:] = [None] * len(self.runs[first:])
        return taken
