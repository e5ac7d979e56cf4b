"""`longshore queues [list|pause|resume]`."""

from typing import Annotated

import typer

from longshore_cli.display import ago, print_json, print_line, print_rows
from longshore_cli.options import Json, Key, Url
from longshore_cli.targets import open_client
from longshore_cli.verbs import verbs_app

app = verbs_app("List, pause and resume queues. Without a command: list.")

Names = Annotated[list[str], typer.Argument(help="Names of queues.")]


@app.command("list")
def list_queues(*, url: Url = None, key: Key = None, json: Json = False) -> None:
    """List queues: what waits, what runs, who serves them."""
    with open_client(url, key) as client:
        queues = client.queues()
    if json:
        print_json(queues)
        return
    print_rows(
        ["queue", "waiting", "in broker", "running", "workers", "oldest", "paused"],
        [
            [
                queue.name,
                queue.counts.get("PENDING", 0) + queue.counts.get("RETRY", 0),
                queue.counts.get("QUEUED", 0),
                queue.counts.get("STARTED", 0),
                queue.workers,
                ago(queue.oldest_at),
                f"by {queue.pause.by or 'somebody'}, {ago(queue.pause.at)}" if queue.pause else "",
            ]
            for queue in queues
        ],
        empty="There are no queues: nothing was submitted yet and no worker runs.",
    )


@app.command()
def pause(*, names: Names, url: Url = None, key: Key = None, json: Json = False) -> None:
    """Start no more tasks of these queues. Running ones go on, and submissions are still accepted."""
    with open_client(url, key) as client:
        for name in names:
            client.pause(name)
    _tell(names, "paused", json=json)


@app.command()
def resume(*, names: Names, url: Url = None, key: Key = None, json: Json = False) -> None:
    """Start tasks of paused queues again."""
    with open_client(url, key) as client:
        for name in names:
            client.resume(name)
    _tell(names, "resumed", json=json)


def _tell(names: list[str], what: str, *, json: bool) -> None:
    if json:
        print_json({what: names})
        return
    for name in names:
        print_line(f"{name}  {what}")
