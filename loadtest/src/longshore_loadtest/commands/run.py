"""`longshore-loadtest run`."""

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from longshore.settings import load_settings as core_settings
from longshore_loadtest.commands.earlier import Compare
from longshore_loadtest.commands.fault_options import Duration, Interval, MinimumAge, Select
from longshore_loadtest.commands.installation import with_address
from longshore_loadtest.commands.times import seconds
from longshore_loadtest.faults.active_faults import still_broken
from longshore_loadtest.faults.choices import chosen
from longshore_loadtest.faults.signals import ending_orderly
from longshore_loadtest.run.conduct import conduct
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.run.judging import judge
from longshore_loadtest.run.plan import Breaking, Plan
from longshore_loadtest.run.serving import serve
from longshore_loadtest.settings import load_settings
from longshore_loadtest.shapes import SHAPES
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Address


def _shape(text: str) -> str:
    if text not in SHAPES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(SHAPES)}")
    return text


@with_address
def run(
    *,
    url: Annotated[str | None, typer.Option(help="The API. [default: LONGSHORE_URL]")] = None,
    up: Annotated[
        bool, typer.Option("--up", help="Start a `longshore up` for this run, and stop it afterwards.")
    ] = False,
    concurrency: Annotated[int, typer.Option("--concurrency", "-c", min=1, help="Its tasks at a time.")] = 2,
    users: Annotated[int | None, typer.Option(min=1, help="Users at the most. [default: 20]")] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="Arrivals a second of each submitter. [default: 1]")
    ] = None,
    time: Annotated[
        float | None,
        typer.Option(parser=seconds, metavar="TIME", help="How long, as 60s, 15m, 2h. [default: 60s]"),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(parser=_shape, metavar="NAME", help=f"One of {', '.join(SHAPES)}. [default: steady]"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of arrivals, arguments and faults. [default: 1]")
    ] = None,
    faults: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="What to break, separated by commas: `all`, `kill-*`, `freeze/redis`, `!*/api`.",
        ),
    ] = None,
    interval: Interval = 10.0,
    duration: Duration = 3.0,
    minimum_age: MinimumAge = 3.0,
    select: Select = "*",
    address: Address | None = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Folder of an earlier run: break what it broke, and when.", exists=True),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Locust processes on this machine.")] = 1,
    workers: Annotated[
        int, typer.Option(min=0, help="Locust workers that connect from elsewhere, instead of these.")
    ] = 0,
    listen: Annotated[
        str, typer.Option(metavar="HOST", help="Address that --workers connect to; it asks for no password.")
    ] = "127.0.0.1",
    web: Annotated[
        int | None,
        typer.Option(metavar="PORT", help="Locust's page, while it runs, on this machine's loopback."),
    ] = None,
    marks_host: Annotated[str, typer.Option(help="Address of the store of marks.")] = "127.0.0.1",
    marks_port: Annotated[int | None, typer.Option(help="Its port. [default: 5600; with --up any]")] = None,
    settle: Annotated[
        float,
        typer.Option(parser=seconds, metavar="TIME", help="What was accepted may take so long to end."),
    ] = 120.0,
    linger: Annotated[
        float,
        typer.Option(parser=seconds, metavar="TIME", help="Show the report at --web for so long afterwards."),
    ] = 0.0,
    window: Annotated[int, typer.Option(min=1, help="LONGSHORE_WINDOW of the scheduler there.")] = 1000,
    retention: Annotated[
        float | None,
        typer.Option(
            parser=seconds,
            metavar="TIME",
            help="LONGSHORE_RETENTION_SECONDS there, which --up sets: what ended longer ago may be gone. "
            "[default: nothing may]",
        ),
    ] = None,
    compare: Compare = None,
    output: Annotated[Path, typer.Option(help="Each run has a folder in it.")] = Path("build/loadtest"),
) -> None:
    """Load it, break it, read everything back, and judge. Exit status 1 when a promise was broken."""
    name = f"run{datetime.now(UTC):%Y%m%dT%H%M%S}"
    core = core_settings()
    given: dict[str, Any] = {"users": users, "rate": rate, "seconds": time, "shape": shape, "seed": seed}
    given = {what: value for what, value in given.items() if value is not None}
    given |= {
        "run": name,
        "folder": (output / name).resolve(),
        "url": (url or core.url).rstrip("/"),
        "key": core.key,
    }
    settings = load_settings().model_copy(update=given)
    plan = Plan(
        settings=settings,
        command=shlex.join(["longshore-loadtest", *sys.argv[1:]]),
        own_system=concurrency if up else None,
        address=address,
        breaking=_breaking(faults, replay, interval, duration, minimum_age, select),
        marks_host=marks_host,
        marks_port=(0 if up else 5600) if marks_port is None else marks_port,
        processes=processes,
        workers=workers,
        listen=listen,
        web=web,
        settle=settle,
        window=window,
        retention=retention,
    )
    if plan.breaking and not (address or up):
        raise typer.BadParameter("what is to be broken: --up, --data or --namespace?", param_hint="--faults")
    with ending_orderly():
        failure = conduct(plan)
        verdict = judge(settings.folder, compare)
        if linger:
            serve(settings.folder, web or 8089, linger)
    said = "" if failure is None else f"the faults ended before their time: {failure}"
    if broken := still_broken(settings.folder):
        said = f"{said}; {broken}" if said else broken
    if not verdict.holds:
        if said:
            typer.echo(said, err=True)
        raise typer.Exit(1)
    if said:
        raise CannotRun(said) from failure


def _breaking(
    names: str | None,
    replay: Path | None,
    interval: float,
    duration: float,
    minimum_age: float,
    select: str,
) -> Breaking | None:
    if names is None and replay is None:
        return None
    patterns = [name.strip() for name in (names or "").split(",") if name.strip()]
    try:
        chosen(patterns)
    except Impossible as error:
        raise typer.BadParameter(str(error), param_hint="--faults") from None
    return Breaking(patterns, replay, interval, duration, minimum_age, select)
