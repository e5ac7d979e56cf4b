"""`longshore-loadtest verify`: the verdict on a history."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from longshore_loadtest.history.reader import read
from longshore_loadtest.run.judging import show
from longshore_loadtest.verify import verify as judge


def verify(
    history: Annotated[Path, typer.Argument(help="A run's folder, or one file.", exists=True)],
    *,
    json: Annotated[bool, typer.Option("--json", help="All of it, for programs.")] = False,
) -> None:
    """Judge a history, from it alone. Exit status 1 when a promise was broken."""
    verdict = judge(read(history))
    if json:
        typer.echo(msgspec.json.encode(verdict))
    else:
        show(verdict)
    if not verdict.holds:
        raise typer.Exit(1)
