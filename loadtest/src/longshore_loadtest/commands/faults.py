"""`longshore-loadtest faults`: what can be broken, breaking it without a load, and how to undo it."""

import threading
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import typer

from longshore_loadtest.commands.installation import (
    AGENTS_IMAGE,
    Agents,
    AgentsImage,
    Context,
    CutNode,
    Data,
    MendNode,
    Namespace,
    Proxies,
    Release,
    address_of,
)
from longshore_loadtest.commands.pace import Duration, Interval, MinimumAge, Select
from longshore_loadtest.commands.times import seconds
from longshore_loadtest.faults.choices import chosen, possible, reasons
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import drawn
from longshore_loadtest.faults.signals import ending_orderly
from longshore_loadtest.faults.wounds import Wounds
from longshore_loadtest.faults.wounds import heal as heal_all
from longshore_loadtest.history.record import Phase
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.run.progress import Progress
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.opening import open_target

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
        parser=_pattern, metavar="NAMES", help="Patterns: kill-*, freeze/redis, !*/api. [default: all]"
    ),
]


@app.command("list")
def list_faults(
    names: Names = None,
    *,
    data: Data = None,
    namespace: Namespace = None,
    release: Release = "longshore",
    context: Context = None,
    agents: Agents = None,
    agents_image: AgentsImage = AGENTS_IMAGE,
    cut_node: CutNode = None,
    mend_node: MendNode = None,
    proxy: Proxies = None,
) -> None:
    """List the faults; of an installation, which it can have, and why not the others."""
    choices = chosen(names or ())
    address = address_of(
        data=data,
        namespace=namespace,
        release=release,
        context=context,
        agents=agents,
        agents_image=agents_image,
        cut_node=cut_node,
        mend_node=mend_node,
        proxies=proxy,
    )
    if address is not None:
        for choice, missing in reasons(open_target(address), choices).items():
            typer.echo(f"{choice!s:<32} {missing or 'can be done'}")
        return
    for name in dict.fromkeys(choice.fault for choice in choices):
        places = ", ".join(choice.place for choice in choices if choice.fault == name)
        typer.echo(f"{name:<16} {FAULTS[name].summary} ({places})")


@app.command("run")
def run_faults(
    names: Names = None,
    *,
    data: Data = None,
    namespace: Namespace = None,
    release: Release = "longshore",
    context: Context = None,
    agents: Agents = None,
    agents_image: AgentsImage = AGENTS_IMAGE,
    cut_node: CutNode = None,
    mend_node: MendNode = None,
    proxy: Proxies = None,
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
    address = address_of(
        data=data,
        namespace=namespace,
        release=release,
        context=context,
        agents=agents,
        agents_image=agents_image,
        cut_node=cut_node,
        mend_node=mend_node,
        proxies=proxy,
    )
    if address is None:
        raise typer.BadParameter("which installation?", param_hint="--data, --namespace")
    target, wounds, progress = open_target(address), Wounds(output / "wounds"), Progress()
    choices = possible(target, chosen(names or ()))
    plan = drawn(choices, seed=seed, length=time, interval=interval, duration=duration)
    if dry_run:
        Monkey(target, plan, wounds, _say, names=select, minimum_age=minimum_age, dry_run=True).run()
        typer.echo(f"faults: {plan.said()}")
        return
    _refuse_if_broken(wounds, output)
    progress.say(f"faults: {plan.said()}")
    phases = Counter[Phase]()

    def tell(name: str, place: str, phase: Phase, detail: str) -> None:
        phases[phase] += 1
        progress.say(f"{name}/{place} {phase}: {detail}")

    over = threading.Event()
    end = threading.Timer(time, over.set)
    end.daemon = True
    end.start()
    interrupted = False
    try:
        with ending_orderly():
            Monkey(target, plan, wounds, tell, names=select, minimum_age=minimum_age).run(over)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        end.cancel()
    progress.say(f"faults: {phases['begun']} begun, {phases['skipped']} skipped of {len(plan.steps)} planned")
    _refuse_if_broken(wounds, output)
    if not phases["begun"] and not interrupted:
        raise CannotRun("nothing was broken")


def _refuse_if_broken(wounds: Wounds, output: Path) -> None:
    if left := wounds.left():
        broken = ", ".join(f"{entry.wound.fault}/{entry.wound.place}" for entry in left)
        raise CannotRun(f"still broken: {broken}. `longshore-loadtest faults heal {output}` undoes it")


def _say(name: str, place: str, _phase: Phase, detail: str) -> None:
    typer.echo(f"{name}/{place}: {detail}")


@app.command()
def heal(
    folder: Annotated[Path, typer.Argument(help="Folder of the run that was killed.")] = _FOLDER,
) -> None:
    """Undo what a run that was killed itself left broken. May be repeated."""
    told = heal_all(folder / "wounds")
    if not told:
        typer.echo("nothing was left broken")
    for name, reason in told.items():
        typer.echo(f"{name}: {reason or 'healed'}")
    if any(told.values()):
        raise typer.Exit(3)
