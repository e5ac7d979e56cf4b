"""How the end of a task is told: its result on stdout, its failure on stderr, both by the exit status."""

from typing import Any

import msgspec
import typer

from longshore.client import Task, TaskFailed, TaskRevoked
from longshore.client.tasks import result_of
from longshore_cli.display import print_error, print_json, print_text
from longshore_cli.exits import Exit


def show_outcome(task: Task, *, json: bool) -> None:
    """Print the result; a text as it is, all else as JSON. Exits with FAILED where there is none."""
    try:
        result = result_of(task)
    except (TaskFailed, TaskRevoked) as error:
        if json:
            print_json(task)
        else:
            print_error(error.title, error.detail)
        raise typer.Exit(Exit.FAILED) from None
    if json:
        print_json(task)
    else:
        print_text(_shown(result))


def _shown(result: Any) -> str:
    return result if isinstance(result, str) else msgspec.json.encode(result).decode()
