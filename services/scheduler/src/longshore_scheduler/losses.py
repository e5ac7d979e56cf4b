"""When is a copy lost? When more are outstanding than there can be in the broker and in workers' hands.

The three figures are read one after the other while work flows, and workers' are up to a second old: so an
excess must hold for a while, and counts only for copies older than the copies that may just be on their way.
"""

from dataclasses import dataclass
from typing import Final

ON_THE_WAY: Final = 2.0
"""A copy younger than this, s, may be between ledger and broker, or between two beats of its worker."""


@dataclass(frozen=True, slots=True)
class Census:
    """One look at a queue."""

    outstanding: int
    """Copies claimed and not begun."""
    settled: int
    """Those of them older than `ON_THE_WAY`."""
    present: int
    """Ready in the broker, or held by live workers."""


class Losses:
    """Keeps, for each queue, since when it has been missing copies."""

    def __init__(self, settled_for: float = 10.0, any_for: float = 60.0) -> None:
        """An excess must hold for `settled_for` seconds over settled copies, or `any_for` seconds over all.

        Under a steady load the copies on their way hide a few lost ones from the first rule. The second
        counts all, waits longer, and then takes only what has been outstanding for as long.
        """
        self._rules = ((settled_for, True), (any_for, False))
        self._since: dict[tuple[str, float], float] = {}

    def lost(self, now: float, censuses: dict[str, Census]) -> dict[str, float]:
        """Queues that have lost copies, each with the age, s, from which a copy must be taken for lost."""
        found: dict[str, float] = {}
        for queue, census in censuses.items():
            for seconds, settled_only in self._rules:
                claimed = census.settled if settled_only else census.outstanding
                if claimed <= census.present:
                    self._since.pop((queue, seconds), None)
                elif now - self._since.setdefault((queue, seconds), now) >= seconds:
                    found.setdefault(queue, seconds)
        for queue in found:
            self._forget(queue)
        return found

    def reset(self) -> None:
        """Nobody looked for a while: what was seen before proves nothing."""
        self._since.clear()

    def _forget(self, queue: str) -> None:
        for seconds, _ in self._rules:
            self._since.pop((queue, seconds), None)
