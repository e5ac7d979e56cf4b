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
    host: Annotated[
        str | None, typer.Option(help="Address that the API listens on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the API; 0 takes a free one. Default: 5000.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the embedded ledger. Default: longshore in the XDG data directory."),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(metavar="SOURCES", help="Tasks of your own: .py files or modules, separated by commas."),
    ] = None,
    queues: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Queues that the worker serves, separated by commas. Default: those of all tasks.",
        ),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency",
            "-c",
            min=1,
            max=10_000,
            help="Tasks that the worker runs at once. Default: one for each processor.",
        ),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(
            help="How tasks run: prefork, in processes, which can be stopped; or threads. Default: prefork."
        ),
    ] = None,
    broker: Annotated[
        str | None,
        typer.Option(metavar="URL", help="RabbitMQ of your own: amqp://… Default: the embedded broker."),
    ] = None,
    ledger: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Redis or Valkey of your own: redis://… Default: the embedded ledger."
        ),
    ] = None,
    flower: Annotated[bool, typer.Option("--flower", help="Run Flower as well, on 127.0.0.1.")] = False,
    flower_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of Flower; 0 takes a free one.")
    ] = 5555,
) -> None:
    """Run everything on this machine: ledger, API, scheduler and a worker.

    Data is kept: the next `longshore up` goes on where this one stopped. Ctrl-C stops everything in order.
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
