"""`longshore tasks`."""

import sys
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import typer

from longshore.client import Client, Task
from longshore.states import State
from longshore_cli.display import ago, print_json, print_note, print_rows
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client

app = command_app()


def _moment(given: datetime | None) -> datetime | None:
    """A local time as one that every time zone can say; the first and the last day of the calendar cannot."""
    try:
        return given and given.astimezone(UTC)
    except (OverflowError, ValueError):
        raise typer.BadParameter("this is beyond what can be looked for: years 1 to 9999") from None


@app.command()
def tasks(
    *,
    state: Annotated[
        State | None, typer.Option(case_sensitive=False, help="Only tasks in this state.")
    ] = None,
    task: Annotated[str | None, typer.Option(help="Only tasks of this name.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only tasks in this queue.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only chunks of this batch.")] = None,
    id: Annotated[
        str | None, typer.Option("--id", help="Only the task with this id, or tasks whose ids contain it.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(callback=_moment, help="Only tasks submitted at this local time or later."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(callback=_moment, help="Only tasks submitted before this local time.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", "-n", min=0, max=sys.maxsize, help="Largest number of tasks to list; 0 lists all."
        ),
    ] = 20,
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="List the tasks that can be submitted, not those that were.")
    ] = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """List tasks, the newest first."""
    with open_client(url, key) as client:
        if catalogue:
            _show_catalogue(client, json=json)
            return
        page = min(limit or 500, 500)
        found = client.tasks(
            state=state, task=task, queue=queue, batch=batch, id=id, since=since, until=until, page=page
        )
        shown = list(islice(found, limit or None))
        more = limit and next(found, None) is not None
    if json:
        print_json(shown)
        return
    print_rows(
        ["id", "task", "state", "queue", "prio", "attempt", "submitted", "outcome"],
        [
            [
                one.id,
                one.task,
                one.state.value,
                one.queue,
                one.priority,
                one.attempt,
                ago(one.submitted_at),
                _outcome(one),
            ]
            for one in shown
        ],
        empty="No such tasks.",
    )
    if more:
        print_note(f"There are more than these {limit}: --limit 0 lists all.")


def _outcome(task: Task) -> str:
    if task.error:
        return f"{task.error.type}: {task.error.message}"[:60]
    return "" if task.result is None else str(task.result)[:60]


def _show_catalogue(client: Client, *, json: bool) -> None:
    known = client.catalogue()
    if json:
        print_json(known)
        return
    print_rows(
        ["task", "parameters", "queue", "summary"],
        [[one.name, ", ".join(one.parameters), one.queue, one.summary] for one in known],
        empty="No worker has published any task: start one with `longshore worker` or `longshore up`.",
    )
