"""`longshore upload`."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Final

import typer

from longshore.client import Batch, BatchHandle
from longshore.errors import LongshoreError
from longshore.states import BatchState
from longshore_cli.display import print_error, print_json, print_line, print_note
from longshore_cli.exits import Exit, exit_of
from longshore_cli.options import Json, Key, Timeout, Url, command_app, seconds
from longshore_cli.output_file import STDOUT, OutputFile
from longshore_cli.progress import batch_progress, upload_progress
from longshore_cli.targets import open_client
from longshore_cli.visible import encodable

app = command_app()

_SHOWN_FAILURES: Final = 20


class Format(StrEnum):
    """What the lines of a file are."""

    VALUES = "values"
    CSV = "csv"


@app.command()
def upload(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            help="Text file with the values of one call on each line. - is stdin; a pipe is sent as it comes."
        ),
    ],
    task: Annotated[str, typer.Option("--task", "-t", help="The task to run on every line.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File for the results, which is replaced; - is stdout. "
            "Default: a new FILE.out beside FILE; stdout, if FILE is no plain file.",
        ),
    ] = None,
    id: Annotated[
        str | None,
        typer.Option(
            help="Id of your own for the batch. Uploaded again with the same id, a file runs only once."
        ),
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Queue to wait in. Default: the task's own.")] = None,
    priority: Annotated[
        int | None, typer.Option(min=0, max=9, help="Priority; 9 runs first. Default: 4.")
    ] = None,
    retries: Annotated[
        int | None,
        typer.Option(min=0, help="How often a failed line is tried again. Default: the task's own."),
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", parser=seconds, help="Longest time for one line. Default: the task's own."
        ),
    ] = None,
    format: Annotated[
        Format,
        typer.Option(
            help="Format of the lines: values, separated by blanks, or JSON objects; or csv, with a header."
        ),
    ] = Format.VALUES,
    detach: Annotated[
        bool, typer.Option("--detach", help="Print the id of the batch, and do not wait.")
    ] = False,
    timeout: Timeout = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Run a task on every line of a text file: longshore upload numbers.txt --task add.

    The output has one line for each line of the input, in the same order. Exit status 1 if lines failed.
    """
    with _opened(file) as opened, open_client(url, key, patience=60.0) as client:
        source = os.fstat(opened.fileno())
        plain = stat.S_ISREG(source.st_mode) and str(file) != "-"
        target = None if detach else _target(file, output, source, plain=plain)
        with closing(target) if target else nullcontext():
            with upload_progress(opened, file.name if plain else "", quiet=json) as followed:
                handle = client.upload(
                    followed,
                    task,
                    id=id,
                    queue=queue,
                    priority=priority,
                    retries=retries,
                    timeout=limit,
                    format=format.value,
                )
            if target is None:
                print_json({"id": handle.id}) if json else print_line(handle.id)
                return
            with _naming(handle, json=json):
                batch = _finish(handle, timeout, quiet=json)
                target.write(client.batch_bytes(handle.id, "output"), handle.id)
                _tell(batch, handle, target.path, json=json)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        opened = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise typer.BadParameter(
            f"{file}: {(error.strerror or str(error)).lower()}", param_hint="FILE"
        ) from error
    except AttributeError:
        raise typer.BadParameter("stdin is closed", param_hint="FILE") from None
    with opened:
        yield opened


def _target(file: Path, output: Path | None, source: os.stat_result, *, plain: bool) -> OutputFile:
    if output is None and not plain:
        return OutputFile(STDOUT)
    if output is None:
        return OutputFile(file.with_name(f"{file.name}.out"), replace=False)
    return OutputFile(output, source)


@contextmanager
def _naming(handle: BatchHandle, *, json: bool) -> Iterator[None]:
    """Whatever happens to this command, its user knows the batch's id."""
    if not json:
        print_note(f"batch {handle.id}")
    try:
        yield
    except LongshoreError as error:
        if not json:
            raise
        print_error(error.title, f"{error.detail} The batch is {handle.id}.", json=True)
        raise typer.Exit(exit_of(error)) from error


def _finish(handle: BatchHandle, timeout: float | None, *, quiet: bool) -> Batch:
    try:
        with batch_progress(handle.status().total, quiet=quiet) as watch:
            return handle.wait(timeout, watch=watch)
    except KeyboardInterrupt:
        print_note(
            f"The batch goes on. `longshore wait {handle.id}` waits for it, `longshore cancel` stops it."
        )
        raise


def _tell(batch: Batch, handle: BatchHandle, target: Path, *, json: bool) -> None:
    if json and str(target) != "-":
        print_json({"batch": batch, "output": encodable(str(target)), "errors": list(handle.errors())})
    elif not json:
        lines = "1 line" if batch.done == 1 else f"{batch.done} lines"
        where = "on stdout" if target == STDOUT else f"in {target}"
        print_note(f"{lines}, {batch.failed} failed; output {where}")
        if batch.failed:
            for line in islice(handle.errors(), _SHOWN_FAILURES):
                print_note(f"  {line}")
        if batch.failed > _SHOWN_FAILURES:
            print_note(f"  … and {batch.failed - _SHOWN_FAILURES} more, all in the output")
    if batch.failed or batch.state is BatchState.REVOKED:
        raise typer.Exit(Exit.FAILED)
