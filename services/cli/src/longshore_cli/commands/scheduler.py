"""`longshore scheduler`."""

from longshore_cli.delegate import become
from longshore_cli.options import BrokerUrl, LedgerUrl, command_app

app = command_app()


@app.command()
def scheduler(*, ledger: LedgerUrl = None, broker: BrokerUrl = None) -> None:
    """Run only a scheduler. Several share the work."""
    become("longshore_scheduler", ledger=ledger, broker=broker)
