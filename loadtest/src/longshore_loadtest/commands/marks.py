"""`longshore-loadtest marks`: the store of marks alone."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from longshore_loadtest.marks.server import Server


def marks(
    *,
    folder: Annotated[Path, typer.Option(help="Where its part of the history goes.")] = Path(),
    run: Annotated[str, typer.Option(help="Name of the run, in the header of that part.")] = "manual",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port, 0 for any.")] = 5600,
) -> None:
    """Take down the marks that tasks leave, until it is stopped. `run` has one of its own."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with Server(folder / "history.marks.ndjson", run, host=host, port=port) as server:
        print(f"the tasks of the load test need: LONGSHORE_LOADTEST_MARKS={server.url}", flush=True)
        over.wait()
