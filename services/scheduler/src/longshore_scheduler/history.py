"""The history: has the ledger keep a sample of its figures every fifteen seconds."""

from typing import Final

from longshore_ledger import Ledger

_BEHIND: Final = 0.05
"""Seconds into a slot of time before its sample is taken: the ledger's clock and ours do not run in step."""


class History:
    """Samples. Every scheduler does; the ledger keeps the first sample of each slot."""

    name = "history"
    needs = frozenset({"ledger"})

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def step(self) -> float:
        """Take one sample."""
        return self._ledger.history.record() + _BEHIND

    def close(self) -> None:
        """Nothing to tidy up."""
