"""`longshore cancel`."""

from typing import Annotated, Final

import typer

from longshore_cli.each import act_on_each
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client

app = command_app()

_SAID: Final = {"asked": "is running, and was asked to stop", "ended": "has already ended"}


@app.command()
def cancel(
    *,
    ids: Annotated[list[str], typer.Argument(help="Ids of tasks or batches.")],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Cancel tasks or batches. Running ones are asked to stop; finished ones stay as they are."""
    with open_client(url, key) as client:
        act_on_each(ids, client.cancel_many, client.cancel_batch, said=_SAID, json=json)
