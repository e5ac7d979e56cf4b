"""What a loop of the scheduler is."""

from typing import Protocol


class Loop(Protocol):
    """One concern of the scheduler, in a thread of its own."""

    name: str
    needs: frozenset[str]
    """What a step that succeeds has proved to be there: `ledger`, `broker`, `kubernetes`."""

    def step(self) -> float:
        """Do one round. Returns how long to wait before the next one, s.

        May raise what `outages.AWAY` names: the runner calls it again after a pause.
        """

    def close(self) -> None:
        """Tidy up; after it no step comes. Must not raise, whatever is away."""
