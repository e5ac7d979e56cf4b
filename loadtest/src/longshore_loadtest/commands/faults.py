"""`longshore-loadtest faults`: what can be broken, breaking it without a load, and how to undo it."""

from pathlib import Path
from typing import Annotated, Final

import typer

from longshore_loadtest.commands.fault_options import Duration, Interval, MinimumAge, Select
from longshore_loadtest.commands.installation import with_address
from longshore_loadtest.commands.times import seconds
from longshore_loadtest.faults.active_faults import heal as heal_all
from longshore_loadtest.faults.choices import Choice, chosen, possible, reasons
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.plan import drawn
from longshore_loadtest.run.plan import Breaking
from longshore_loadtest.run.unloaded import break_it, rehearse
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.opening import open_target
from longshore_loadtest.targets.target import Address

app = typer.Typer(
    no_args_is_help=True, help="Break an installation on purpose, and heal what a killed run left broken."
)

_FOLDER: Final = Path("build/loadtest/faults")


def _pattern(text: str) -> str:
    try:
        chosen([text])
    except Impossible as error:
        raise typer.BadParameter(str(error)) from None
    return text


Names = Annotated[
    list[str] | None,
    typer.Argument(
        parser=_pattern, metavar="NAMES", help="Patterns: kill-*, freeze/redis, !*/api, all. [default: all]"
    ),
]


@app.command("list")
@with_address
def list_faults(
    names: Names = None,
    *,
    address: Address | None = None,
) -> None:
    """List the faults; of an installation, which it can have, and why not the others."""
    choices = _chosen(names)
    if address is not None:
        for choice, missing in reasons(open_target(address), choices).items():
            typer.echo(f"{choice!s:<32} {missing or 'can be done'}")
        return
    for name in dict.fromkeys(choice.fault for choice in choices):
        places = ", ".join(choice.place for choice in choices if choice.fault == name)
        typer.echo(f"{name:<16} {FAULTS[name].summary} ({places})")


@app.command("run")
@with_address
def run_faults(
    names: Names = None,
    *,
    address: Address | None = None,
    seed: Annotated[int, typer.Option(min=0, help="The same makes the same plan.")] = 1,
    time: Annotated[float, typer.Option(parser=seconds, metavar="TIME", help="How long.")] = 60.0,
    interval: Interval = 10.0,
    duration: Duration = 3.0,
    minimum_age: MinimumAge = 3.0,
    select: Select = "*",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and to whom as it is now. No more.")
    ] = False,
    output: Annotated[Path, typer.Option(help="Where it is on record what is broken now.")] = _FOLDER,
) -> None:
    """Break an installation that others load. Interrupted, it heals. Status 3 when nothing was broken."""
    if address is None:
        raise typer.BadParameter("which installation?", param_hint="--data, --namespace")
    choices, target = _chosen(names), open_target(address)
    choices = possible(target, choices)
    plan = drawn(choices, seed=seed, length=time, interval=interval, duration=duration)
    breaking = Breaking(select=select, minimum_age=minimum_age)
    if dry_run:
        rehearse(target, plan, breaking, output)
    else:
        break_it(target, plan, breaking, output, length=time)


def _chosen(names: list[str] | None) -> list[Choice]:
    try:
        return chosen(names or ())
    except Impossible as error:
        raise typer.BadParameter(str(error), param_hint="NAMES") from None


@app.command()
def heal(
    folder: Annotated[Path, typer.Argument(help="Folder of the run that was killed.")] = _FOLDER,
) -> None:
    """Undo what a run that was killed itself left broken. May be repeated."""
    told = heal_all(folder / "active_faults")
    if not told:
        typer.echo("nothing was left broken")
    for name, reason in told.items():
        typer.echo(f"{name}: {reason or 'healed'}")
    if any(told.values()):
        raise typer.Exit(3)
