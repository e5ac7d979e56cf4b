"""The `longshore-loadtest` command: its list of commands, and what becomes of errors."""

import sys

import typer

from longshore.errors import LongshoreError
from longshore_loadtest.commands import faults, marks, report, run, verify, worker
from longshore_loadtest.history.reader import BadHistory
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.targets.impossible import Impossible

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 every promise was kept, 1 one was broken, 2 wrong usage, 3 it could not be run.",
)
app.command()(run.run)
app.command()(worker.worker)
app.command()(verify.verify)
app.command()(report.report)
app.command()(marks.marks)
app.add_typer(faults.app, name="faults")


@app.callback()
def root() -> None:
    """Load a Longshore, break it, and say from a history of its own what was lost."""


def main() -> None:
    """Run the command line."""
    try:
        app()
    except (CannotRun, Impossible, BadHistory, LongshoreError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(3) from None
