"""`longshore retry`."""

from typing import Annotated

import typer

from longshore_cli.each import act_on_each
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client

app = command_app()


@app.command()
def retry(
    *,
    ids: Annotated[list[str], typer.Argument(help="Ids of tasks or batches.")],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Run failed or cancelled tasks, or the failed lines of a batch, once more."""
    with open_client(url, key) as client:
        act_on_each(ids, client.retry_many, client.retry_batch, said={}, json=json)
