"""`longshore status`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from longshore.client import Batch, Client, Moment, NotFound, Task
from longshore.states import TERMINAL, State
from longshore_cli.display import ago, print_fields, print_json, print_line, print_rows, span
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client

app = command_app()


@app.command()
def status(
    *,
    id: Annotated[
        str | None, typer.Argument(help="Id of a task or a batch. Default: the whole system.")
    ] = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Show a task with its timeline and why it waits, a batch, or the whole system."""
    with open_client(url, key) as client:
        if id is None:
            _show_all(client, json=json)
            return
        found = _find(client, id)
        if isinstance(found, Task):
            _show_task(client, found, json=json)
        elif json:
            print_json(found)
        else:
            _show_batch(found)


def _find(client: Client, id: str) -> Task | Batch:
    try:
        return client.task(id)
    except NotFound as unknown:
        try:
            return client.batch(id)
        except NotFound:
            raise unknown from None


def _show_task(client: Client, task: Task, *, json: bool) -> None:
    why = None if task.state in TERMINAL else client.explain(task.id)
    moments = client.timeline(task.id)
    if json:
        print_json({"task": task, "explanation": why, "timeline": moments})
        return
    failure = task.error and f"{task.error.type}: {task.error.message}"
    print_fields(
        [
            ("task", f"{task.task}  {task.id}"),
            ("state", task.state.value),
            ("why", why and why.reason),
            ("do", why and why.advice),
            ("queue", f"{task.queue}, priority {task.priority}"),
            ("arguments", task.args),
            ("result", task.result),
            ("error", failure),
            ("traceback", task.error and task.error.traceback),
            ("attempt", f"{task.attempt}, {task.deliveries} deliveries"),
            ("worker", task.worker),
            ("batch", task.batch),
            ("submitted", _by(ago(task.submitted_at), task.submitted_by)),
            ("started", ago(task.started_at)),
            ("finished", ago(task.finished_at)),
            ("due", task.due_at),
            ("damaged", task.damaged),
        ]
    )
    if not task.damaged:
        print_line("")
        print_rows(["at", "state", "lasted", "attempt", "worker", "why"], _rows(moments), empty="")


def _rows(moments: list[Moment]) -> Iterator[list[Any]]:
    """A row for each moment, with the time to the next one or, unless it is the end, until now."""
    following: list[Moment | None] = [*moments[1:], None]
    for moment, next_one in zip(moments, following, strict=True):
        if next_one is not None:
            lasted = span((next_one.at - moment.at).total_seconds())
        elif moment.state not in TERMINAL:
            lasted = f"{span(max((datetime.now(UTC) - moment.at).total_seconds(), 0.0))} so far"
        else:
            lasted = ""
        yield [moment.at, moment.state.value, lasted, moment.attempt, moment.worker, moment.why]


def _show_batch(batch: Batch) -> None:
    print_fields(
        [
            ("batch", f"{batch.id}  {batch.filename or ''}".rstrip()),
            ("task", batch.task),
            ("state", batch.state.value),
            ("lines", f"{batch.done} of {batch.total} done, {batch.failed} failed"),
            ("created", _by(ago(batch.created_at), batch.submitted_by)),
            ("finished", ago(batch.finished_at)),
        ]
    )


def _by(when: str, name: str | None) -> str:
    return when if name is None else f"{when} by {name}"


def _show_all(client: Client, *, json: bool) -> None:
    queues = client.queues()
    if json:
        workers = sum(worker.alive for worker in client.workers())
        print_json({"queues": queues, "workers": workers})
        return
    columns = ["queue", "workers", *(state.value for state in State)]
    rows = [
        [queue.name + (" (paused)" if queue.paused else ""), queue.workers]
        + [queue.counts.get(state.value, 0) or "" for state in State]
        for queue in queues
    ]
    print_rows(columns, rows, empty="Nothing was ever submitted, and no worker runs.")
