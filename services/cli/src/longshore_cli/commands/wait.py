"""`longshore wait`."""

from typing import Annotated

import typer

from longshore.client import Batch, BatchHandle, Client, NotFound, Task
from longshore.states import BatchState
from longshore_cli.display import print_json
from longshore_cli.exits import Exit
from longshore_cli.options import Json, Key, Timeout, Url, command_app
from longshore_cli.outcome import show_outcome
from longshore_cli.progress import batch_progress
from longshore_cli.targets import open_client

app = command_app()


@app.command()
def wait(
    *,
    id: Annotated[str, typer.Argument(help="Of a task or a batch.")],
    timeout: Timeout = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Wait for a task or a batch and print its result.

    Exit status 1 when it failed, 5 when it goes on after --timeout.
    """
    with open_client(url, key, patience=60.0) as client:
        ended = _wait(client, id, timeout, json=json)
    if isinstance(ended, Task):
        show_outcome(ended, json=json)
        return
    if json:
        print_json(ended)
    else:
        typer.echo(f"{ended.state}: {ended.done} of {ended.total} lines, {ended.failed} failed")
    if ended.failed or ended.state is BatchState.REVOKED:
        raise typer.Exit(Exit.FAILED)


def _wait(client: Client, id: str, timeout: float | None, *, json: bool) -> Task | Batch:
    try:
        return client.wait(id, timeout)
    except NotFound as unknown:
        try:
            total = client.batch(id).total
        except NotFound:
            raise unknown from None
    with batch_progress(total, quiet=json) as watch:
        return BatchHandle(client, id).wait(timeout, watch=watch)
