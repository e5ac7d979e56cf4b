"""`longshore-loadtest worker`: one more Locust, for a run elsewhere."""

import os
import sys
from typing import Annotated

import typer

from longshore_loadtest.run.generator import LOCUSTFILE


def worker(
    master: Annotated[str, typer.Argument(help="Host where `run --workers` is.")],
    *,
    port: Annotated[int, typer.Option(help="Its port for workers.")] = 5557,
) -> None:
    """Share the load of `run --workers` on another machine. It is told there which API to load, and how.

    The key comes from LONGSHORE_LOADTEST_KEY. It ends with the run.
    """
    words = ["--worker", "--master-host", master, "--master-port", str(port), "--locustfile", str(LOCUSTFILE)]
    command = [sys.executable, "-P", "-m", "locust", *words]
    os.execv(sys.executable, command)
