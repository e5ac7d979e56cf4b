"""`longshore upload`."""

import sys
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer

from longshore.client import Batch, BatchHandle, Client
from longshore.states import BatchState
from longshore_cli.display import print_json, print_note
from longshore_cli.exits import Exit
from longshore_cli.options import Json, Key, Timeout, Url, command_app
from longshore_cli.progress import batch_progress, upload_progress
from longshore_cli.targets import open_client

app = command_app()

_SHOWN_FAILURES: Final = 20


@app.command()
def upload(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="Text: on each line the values of one call."
        ),
    ],
    task: Annotated[str, typer.Option("--task", "-t", help="The task to run on every line.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where results go; - is stdout. [default: FILE.out beside FILE]"),
    ] = None,
    id: Annotated[str | None, typer.Option(help="An id of your own for the batch.")] = None,
    queue: Annotated[str | None, typer.Option(help="Another queue than the task's own.")] = None,
    priority: Annotated[int | None, typer.Option(min=0, max=9, help="9 first. [default: 4]")] = None,
    retries: Annotated[int | None, typer.Option(min=0, help="How often to try a line again.")] = None,
    limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long one line may take.")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Print the batch's id and do not wait.")] = False,
    timeout: Timeout = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Run a task on every line of a text file: longshore upload numbers.txt --task add.

    The output has one line for each of the input, in its order. Exit status 1 when lines failed.
    """
    with open_client(url, key, patience=60.0) as client:
        with file.open("rb") as opened, upload_progress(opened, file.stat().st_size, quiet=json) as followed:
            handle = client.upload(
                followed, task, id=id, queue=queue, priority=priority, retries=retries, timeout=limit
            )
        if detach:
            print_json({"id": handle.id}) if json else typer.echo(handle.id)
            return
        batch = _finish(handle, timeout, quiet=json)
        target = output or file.with_name(f"{file.name}.out")
        _write(client, handle, target)
        _tell(batch, handle, target, json=json)


def _finish(handle: BatchHandle, timeout: float | None, *, quiet: bool) -> Batch:
    try:
        with batch_progress(handle.status().total, quiet=quiet) as watch:
            return handle.wait(timeout, watch=watch)
    except KeyboardInterrupt:
        print_note(
            f"The batch goes on. `longshore wait {handle.id}` waits for it, `longshore cancel` stops it."
        )
        raise


def _write(client: Client, handle: BatchHandle, target: Path) -> None:
    if str(target) == "-":
        for piece in client.batch_bytes(handle.id, "output"):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    else:
        handle.save(target)


def _tell(batch: Batch, handle: BatchHandle, target: Path, *, json: bool) -> None:
    if json and str(target) != "-":
        print_json({"batch": batch, "output": str(target), "errors": list(handle.errors())})
    elif not json:
        print_note(f"{batch.done} lines, {batch.failed} failed; output in {target}")
        if batch.failed:
            for line in islice(handle.errors(), _SHOWN_FAILURES):
                print_note(f"  {line}")
        if batch.failed > _SHOWN_FAILURES:
            print_note(f"  … and {batch.failed - _SHOWN_FAILURES} more, all in the output")
    if batch.failed or batch.state is BatchState.REVOKED:
        raise typer.Exit(Exit.FAILED)
