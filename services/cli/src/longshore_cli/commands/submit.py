"""`longshore submit`."""

from typing import Annotated

import typer

from longshore.client import Client, TaskSpec
from longshore_cli.arguments import arguments_of
from longshore_cli.display import print_json, print_line
from longshore_cli.options import Json, Key, Timeout, Url, command_app, seconds
from longshore_cli.outcome import show_outcome
from longshore_cli.targets import open_client

app = command_app()


# A negative number looks like an option; what is none is refused by `arguments_of`.
@app.command(context_settings={"ignore_unknown_options": True})
def submit(
    *,
    task: Annotated[str, typer.Argument(help="Name of the task. `longshore tasks --catalogue` lists all.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARGUMENTS]...",
            help="Arguments of the task: numbers, texts, JSON or name=value; or one {object} of parameters.",
        ),
    ] = None,
    args: Annotated[
        str | None, typer.Option("--args", metavar="JSON", help="All arguments as a JSON list or object.")
    ] = None,
    id: Annotated[
        str | None,
        typer.Option(help="Id of your own. Submitted again with the same id, the task runs only once."),
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Queue to wait in. Default: the task's own.")] = None,
    priority: Annotated[
        int | None, typer.Option(min=0, max=9, help="Priority; 9 runs first. Default: 4.")
    ] = None,
    delay: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", parser=seconds, help="Run it this much later. Default: 0."),
    ] = None,
    retries: Annotated[
        int | None,
        typer.Option(min=0, help="How often a failed attempt is tried again. Default: the task's own."),
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", parser=seconds, help="Longest time for one attempt. Default: the task's own."
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the result and print it.")] = False,
    timeout: Timeout = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Submit one task: longshore submit add 2 3, or add a=2 b=3. Prints its id; with --wait, its result."""
    with open_client(url, key) as client:
        arguments = arguments_of(words or [], args, lambda: _find(client, task))
        named = arguments if isinstance(arguments, dict) else None
        handle = client.submit(
            task,
            *([] if isinstance(arguments, dict) else arguments),
            named=named,
            id=id,
            queue=queue,
            priority=priority,
            delay=delay,
            retries=retries,
            timeout=limit,
        )
        if wait:
            show_outcome(handle.wait(timeout), json=json)
        elif json:
            print_json({"id": handle.id, "repeated": handle.repeated})
        else:
            print_line(handle.id)


def _find(client: Client, name: str) -> TaskSpec:
    for task in client.catalogue():
        if task.name == name:
            return task
    raise typer.BadParameter(
        f"the catalogue has no task {name!r}; `longshore tasks --catalogue` lists all", param_hint="TASK"
    )
