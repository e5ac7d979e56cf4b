"""`longshore watch`."""

from contextlib import suppress
from typing import Annotated

import typer

from longshore.states import State
from longshore_cli.display import at_terminal
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client
from longshore_cli.watching import Lines, Screen, show_json

app = command_app()


@app.command()
def watch(
    *,
    id: Annotated[str | None, typer.Option("--id", help="Only this task.")] = None,
    task: Annotated[str | None, typer.Option(help="Only tasks of this name.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only chunks of this batch.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only tasks in this queue.")] = None,
    state: Annotated[
        State | None, typer.Option(case_sensitive=False, help="Only changes to this state.")
    ] = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Watch the whole system, or what happens to some tasks, until Ctrl-C."""
    some = any((id, task, batch, queue, state))
    with suppress(KeyboardInterrupt), open_client(url, key, patience=60.0) as client:
        events = client.events(id=id, task=task, batch=batch, queue=queue, state=state)
        if json:
            for event in events:
                show_json(event)
        elif some or not at_terminal():
            lines = Lines()
            for event in events:
                lines.show(event)
        else:
            with Screen() as screen:
                for event in events:
                    screen.show(event)
