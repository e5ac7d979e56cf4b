"""`longshore submit`."""

from typing import Annotated

import typer

from longshore.client import Client, TaskInfo
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
    task: Annotated[str, typer.Argument(help="The task's name: see `longshore tasks --catalogue`.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARGUMENTS]...", help="Numbers, texts, JSON, name=value; or one {object} of parameters."
        ),
    ] = None,
    args: Annotated[
        str | None, typer.Option("--args", metavar="JSON", help="All arguments as a JSON list or object.")
    ] = None,
    id: Annotated[str | None, typer.Option(help="An id of your own; the same one is run once.")] = None,
    queue: Annotated[str | None, typer.Option(help="Another queue than the task's own.")] = None,
    priority: Annotated[int | None, typer.Option(min=0, max=9, help="9 first. [default: 4]")] = None,
    delay: Annotated[
        float | None, typer.Option(metavar="SECONDS", parser=seconds, help="Not before that.")
    ] = None,
    retries: Annotated[int | None, typer.Option(min=0, help="How often to try again.")] = None,
    limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", parser=seconds, help="How long one attempt may take.")
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


def _find(client: Client, name: str) -> TaskInfo:
    for task in client.catalogue():
        if task.name == name:
            return task
    raise typer.BadParameter(
        f"the catalogue has no {name!r} to be submitted: see `longshore tasks --catalogue`", param_hint="TASK"
    )
