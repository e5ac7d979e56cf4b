"""`longshore-loadtest report`: the page of a run, and two runs compared."""

from pathlib import Path
from typing import Annotated

import typer

from longshore_loadtest.commands.earlier import Compare
from longshore_loadtest.history.reader import read
from longshore_loadtest.report import compare as compared
from longshore_loadtest.report import summarise, write, write_comparison
from longshore_loadtest.verify import verify


def report(
    history: Annotated[Path, typer.Argument(help="A run's folder.", exists=True, file_okay=False)],
    *,
    output: Annotated[
        Path | None, typer.Option(help="Where the pages go. [default: the run's folder]")
    ] = None,
    compare: Compare = None,
) -> None:
    """Write report.html, report.md and report.json. Exit status 1 when a promise was broken."""
    found = read(history)
    verdict = verify(found)
    made = summarise(found, verdict)
    typer.echo(write(made, output or history))
    if compare is not None:
        typer.echo(write_comparison(compared(compare, made), output or history))
    if not verdict.holds:
        raise typer.Exit(1)
