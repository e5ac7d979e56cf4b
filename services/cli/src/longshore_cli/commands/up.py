"""`longshore up`."""

from pathlib import Path
from typing import Annotated

import typer

from longshore.settings import read_settings
from longshore_cli.exits import Exit
from longshore_cli.options import command_app
from longshore_cli.up.log import Log
from longshore_cli.up.plan import Plan, task_sources
from longshore_cli.up.run import run

app = command_app()


@app.command()
def up(
    *,
    host: Annotated[str | None, typer.Option(help="Address the API listens on. [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the API, 0 for any. [default: 5000]")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the embedded ledger. [default: longshore in the XDG data directory]"),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(metavar="SOURCES", help="Your tasks: .py files or modules, separated by commas."),
    ] = None,
    queues: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="What the worker serves. [default: every task's queue]"),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", "-c", min=1, max=10_000, help="Tasks the worker runs at a time."),
    ] = None,
    pool: Annotated[
        str | None, typer.Option(help="prefork (killable, for CPU work) or threads (for I/O).")
    ] = None,
    broker: Annotated[
        str | None, typer.Option(metavar="URL", help="A RabbitMQ of yours: amqp://… [default: embedded]")
    ] = None,
    ledger: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A Redis or Valkey of yours: redis://… [default: embedded]"),
    ] = None,
    flower: Annotated[bool, typer.Option("--flower", help="Run Flower, too, on 127.0.0.1.")] = False,
    flower_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of Flower, 0 for any.")] = 5555,
) -> None:
    """Run everything on this machine: ledger, API, scheduler and a worker.

    Data is kept: the next `longshore up` goes on where this one stopped. Ctrl-C stops all in order.
    """
    sources = None if tasks is None else task_sources(tasks)
    settings = read_settings(host=host, port=port, data=data, tasks=sources, broker=broker, ledger=ledger)
    plan = Plan(settings, queues, concurrency, pool, flower_port if flower else None)
    log = Log(settings.log_format, everything=settings.log_level == "debug")
    try:
        if not run(plan, log):
            raise typer.Exit(Exit.FAILED)
    finally:
        log.finish()
