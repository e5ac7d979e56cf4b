"""`longshore workers`."""

from longshore_cli.display import ago, print_json, print_rows
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client

app = command_app()


@app.command()
def workers(*, url: Url = None, key: Key = None, json: Json = False) -> None:
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
                f"{len(one.running)} of {one.concurrency}",
                one.version,
                ago(one.seen_at) if one.alive else f"gone, {ago(one.seen_at)}",
            ]
            for one in found
        ],
        empty="No worker runs. Start one with `longshore worker -Q QUEUES`.",
    )
