"""`longshore-loadtest faults`: what can be broken, and how to undo it."""

from pathlib import Path
from typing import Annotated

import typer

from longshore_loadtest.commands.times import seconds
from longshore_loadtest.faults.choices import chosen, reasons
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import drawn
from longshore_loadtest.faults.wounds import Wounds
from longshore_loadtest.faults.wounds import heal as heal_all
from longshore_loadtest.history.record import Phase
from longshore_loadtest.targets.opening import open_target
from longshore_loadtest.targets.target import Address, Cluster, Local

app = typer.Typer(
    no_args_is_help=True, help="Show what can be broken, and heal what a killed run left broken."
)

Data = Annotated[Path | None, typer.Option(help="Data folder of a `longshore up`.", exists=True)]
Namespace = Annotated[str | None, typer.Option(help="Namespace of a release.")]
Release = Annotated[str, typer.Option(help="That release.")]
Agents = Annotated[str | None, typer.Option(help="Namespace where privileged pods may run.")]


@app.command("list")
def list_faults(
    names: Annotated[list[str] | None, typer.Argument(help="Patterns: kill-*, freeze/redis, !*/api.")] = None,
    *,
    data: Data = None,
    namespace: Namespace = None,
    release: Release = "longshore",
    agents: Agents = None,
) -> None:
    """List the faults; of an installation, which it can have, and why not the others."""
    address = address_of(data, namespace, release, agents)
    if address is None:
        for name, fault in FAULTS.items():
            typer.echo(f"{name:<16} {fault.summary} ({', '.join(fault.places)})")
        return
    for choice, missing in reasons(open_target(address), chosen(names or ())).items():
        typer.echo(f"{choice!s:<32} {missing or 'can be done'}")


@app.command("plan")
def show_plan(
    names: Annotated[list[str] | None, typer.Argument(help="Patterns: kill-*, freeze/redis, !*/api.")] = None,
    *,
    data: Data = None,
    namespace: Namespace = None,
    release: Release = "longshore",
    agents: Agents = None,
    seed: Annotated[int, typer.Option(min=0, help="The same makes the same plan.")] = 1,
    time: Annotated[float, typer.Option(parser=seconds, metavar="TIME", help="How long.")] = 60.0,
    interval: Annotated[float, typer.Option(parser=seconds, metavar="TIME", help="Between two.")] = 10.0,
    duration: Annotated[float, typer.Option(parser=seconds, metavar="TIME", help="Of one.")] = 3.0,
) -> None:
    """Show what would happen to an installation, and to whom as it is now. Nothing is touched."""
    address = address_of(data, namespace, release, agents)
    if address is None:
        raise typer.BadParameter("which installation?", param_hint="--data, --namespace")
    target = open_target(address)
    why = reasons(target, chosen(names or ()))
    possible = [choice for choice, missing in why.items() if missing is None]
    plan = drawn(possible, seed=seed, length=time, interval=interval, duration=duration)
    Monkey(target, plan, Wounds(Path("wounds")), _say, dry_run=True).run()


def _say(name: str, place: str, _phase: Phase, detail: str) -> None:
    typer.echo(f"{name}/{place}: {detail}")


@app.command()
def heal(folder: Annotated[Path, typer.Argument(help="The run's folder.", exists=True)]) -> None:
    """Undo what a run that was killed itself left broken. May be repeated."""
    told = heal_all(folder / "wounds")
    for name, reason in told.items():
        typer.echo(f"{name}: {reason or 'healed'}")
    if any(told.values()):
        raise typer.Exit(1)


def address_of(data: Path | None, namespace: str | None, release: str, agents: str | None) -> Address | None:
    """What is meant by these options; None without any."""
    if namespace is not None:
        return Cluster(namespace, release, agents=agents)
    return None if data is None else Local(str(data.resolve()))
