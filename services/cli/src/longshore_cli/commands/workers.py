"""`longshore workers [list|drain]`."""

from typing import Annotated

import typer

from longshore_cli.display import ago, print_json, print_line, print_rows
from longshore_cli.options import Json, Key, Url
from longshore_cli.targets import open_client
from longshore_cli.verbs import verbs_app

app = verbs_app("List and drain workers. Without a command: list.")


@app.command("list")
def list_workers(*, url: Url = None, key: Key = None, json: Json = False) -> None:
    """List workers and what they are doing."""
    with open_client(url, key) as client:
        found = client.workers()
    if json:
        print_json(found)
        return
    print_rows(
        ["worker", "host", "pid", "pool", "queues", "busy", "version", "seen"],
        [
            [
                one.id,
                one.host,
                one.pid,
                one.pool,
                ", ".join(one.queues),
                f"{len(one.running)} of {one.concurrency}" + (", draining" if one.draining else ""),
                one.version,
                ago(one.seen_at) if one.alive else f"gone, {ago(one.seen_at)}",
            ]
            for one in found
        ],
        empty="No worker runs. Start one with `longshore worker -Q QUEUES`.",
    )


@app.command()
def drain(
    *,
    ids: Annotated[list[str], typer.Argument(help="Ids of workers.")],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Stop workers as SIGTERM does: running tasks may end, the rest goes to other workers."""
    with open_client(url, key) as client:
        asked = []
        for id in ids:
            asked.append(client.drain(id))
            if not json:
                print_line(f"{id}  drains")
    if json:
        print_json(asked)
