"""`longshore api`."""

from typing import Annotated

import typer

from longshore_cli.delegate import become
from longshore_cli.options import LedgerUrl, command_app

app = command_app()


@app.command()
def api(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on. Default: 5000.")
    ] = None,
    ledger: LedgerUrl = None,
) -> None:
    """Run only the API. It reads all LONGSHORE_* variables."""
    become("longshore_api", host=host, port=None if port is None else str(port), ledger=ledger)
