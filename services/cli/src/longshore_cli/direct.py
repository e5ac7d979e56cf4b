"""Straight to the ledger, for what the API does not offer. A file of its own: its imports take their time."""

from longshore_cli.targets import settings_for
from longshore_ledger import Ledger


def open_ledger(ledger: str | None) -> Ledger:
    """The ledger that was named, or that of a running `longshore up`, or the default."""
    settings = settings_for(ledger=ledger)
    return Ledger.open(settings.ledger, settings)
