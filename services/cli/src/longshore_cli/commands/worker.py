"""`longshore worker`."""

import typer

from longshore_cli.delegate import become
from longshore_cli.options import command_app

app = command_app()


# The worker knows its own options, and says them itself: --help goes through, too.
@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def worker(context: typer.Context) -> None:
    """Run a worker: longshore worker -Q add,multiply -c 4 --pool prefork."""
    become("longshore_worker", context.args)
