"""`longshore wait`."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from longshore.client import Batch, BatchHandle, Client, NotFound, Task
from longshore.states import BatchState
from longshore_cli.display import print_json, print_line, print_note
from longshore_cli.exits import Exit
from longshore_cli.options import Json, Key, Timeout, Url, command_app
from longshore_cli.outcome import show_outcome
from longshore_cli.output_file import STDOUT, OutputFile
from longshore_cli.progress import batch_progress
from longshore_cli.targets import open_client

app = command_app()


@app.command()
def wait(
    *,
    id: Annotated[str, typer.Argument(help="Id of a task or a batch.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File for the output of a batch; - is stdout.")
    ] = None,
    timeout: Timeout = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Wait for a task or a batch and print its result.

    Exit status 1 if it failed, 5 if it still runs after --timeout.
    """
    target = OutputFile(output) if output else None
    with closing(target) if target else nullcontext(), open_client(url, key, patience=60.0) as client:
        ended = _wait(client, id, timeout, json=json)
        if target is not None:
            target.write(_output(client, ended), ended.id)
    if isinstance(ended, Task):
        show_outcome(ended, json=json)
        return
    to_stdout = target is not None and target.path == STDOUT
    if json and not to_stdout:
        print_json(ended)
    elif to_stdout:
        print_note(f"{ended.state}: {ended.done} of {ended.total} lines, {ended.failed} failed")
    else:
        print_line(f"{ended.state}: {ended.done} of {ended.total} lines, {ended.failed} failed")
    if ended.failed or ended.state is BatchState.REVOKED:
        raise typer.Exit(Exit.FAILED)


def _output(client: Client, ended: Task | Batch) -> Iterator[bytes]:
    if isinstance(ended, Task):
        raise typer.BadParameter(f"{ended.id} is a task; a batch has an output", param_hint="--output")
    return client.batch_bytes(ended.id, "output")


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
