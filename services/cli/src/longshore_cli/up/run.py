"""`longshore up`, from the lock on the data to the last part stopped."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from longshore.errors import LongshoreError
from longshore_cli.up import readiness
from longshore_cli.up.embedded import Embedded
from longshore_cli.up.first_key import make_first_key
from longshore_cli.up.holding import Holding
from longshore_cli.up.leashed import Leash
from longshore_cli.up.log import Log
from longshore_cli.up.part import Recipe
from longshore_cli.up.plan import FLOWER_USER, Plan, ledger_recipe
from longshore_cli.up.ports import free_port
from longshore_cli.up.private import write_private
from longshore_cli.up.supervisor import Probe, Supervisor
from longshore_ledger import Ledger

_PATIENCE: float = 60.0
"""Seconds that the embedded ledger of a killed `up` may take to write its data and end."""


class NoHome(LongshoreError):
    """There is no home directory.

    The data needs a place: name a folder with --data or LONGSHORE_DATA.
    """


def run(plan: Plan, log: Log) -> bool:
    """Run everything until told to stop. False: something did not start.

    Raises NoHome, DataInUse, PortTaken, and what the ledger says for itself.
    """
    settings = plan.settings
    if settings.data.parts[:1] == ("~",):
        raise NoHome
    port = free_port(settings.host, settings.port, part="API", option="--port")
    if plan.flower_port is not None:
        flower = free_port("127.0.0.1", plan.flower_port, part="Flower page", option="--flower-port")
        plan = replace(plan, flower_port=flower)
    plan = replace(plan, settings=settings.model_copy(update={"port": port}))
    if {"ledger", "broker"} <= settings.model_fields_set:
        return asyncio.run(_run(plan, log, None, None))
    with _holding(settings.data, log) as holding:
        port = free_port("127.0.0.1", 0, part="ledger", option="--ledger")
        embedded = Embedded(settings.data, port, settings.ledger_memory)
        ours = {"ledger": embedded.ledger, "broker": embedded.broker}
        missing = {name: url for name, url in ours.items() if name not in settings.model_fields_set}
        plan = replace(plan, settings=plan.settings.model_copy(update=missing))
        holding.tell(plan.url, plan.settings.ledger, plan.settings.broker)
        return asyncio.run(_run(plan, log, embedded, holding))


@contextmanager
def _holding(folder: Path, log: Log) -> Iterator[Holding]:
    def waiting() -> None:
        log.say("waiting for the ledger of an earlier `longshore up` to end", data=str(folder))

    holding = Holding.take(folder, patience=_PATIENCE, waiting=waiting)
    try:
        yield holding
    finally:
        holding.release()


async def _run(plan: Plan, log: Log, embedded: Embedded | None, holding: Holding | None) -> bool:
    with Leash() as leash:
        supervisor = Supervisor(log, leash)
        supervisor.listen()
        try:
            if embedded and holding:
                recipe = ledger_recipe(embedded.command(), holding.fileno())
                if not await supervisor.start((recipe, lambda _: readiness.answers_ping(embedded.ledger))):
                    return supervisor.stop.is_set()
            with closing(await asyncio.to_thread(Ledger.open, plan.settings.ledger, plan.settings)) as ledger:
                make_first_key(ledger, plan, log)
                if plan.flower_port is not None:
                    write_private(_flower_password(plan), plan.flower_password + "\n")
                if not await supervisor.start(*_probed(plan, ledger)):
                    return supervisor.stop.is_set()
                _greet(plan, ledger, log)
            return await supervisor.keep()
        finally:
            await supervisor.close()


def _probed(plan: Plan, ledger: Ledger) -> Iterator[tuple[Recipe, Probe]]:
    """Every part with what shows that it is ready."""
    earlier = readiness.last_report(ledger)
    probes: dict[str, Probe] = {
        "api": lambda _: readiness.serves_http(plan.url, "/readyz"),
        "scheduler": lambda _: readiness.last_report(ledger) != earlier,
        "worker": lambda part: readiness.worker_beats(ledger, part.pid),
        "flower": lambda _: readiness.accepts("127.0.0.1", plan.flower_port or 0),
    }
    for recipe in plan.recipes():
        yield recipe, probes[recipe.name]


def _command() -> str:
    """How this command is called from the working directory, be it on the PATH of the terminal or not."""
    path = Path(sys.argv[0])
    if path.name != "longshore":
        return "longshore"
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _flower_password(plan: Plan) -> Path:
    return plan.settings.data / "flower.password"


def _greet(plan: Plan, ledger: Ledger, log: Log) -> None:
    tasks = sorted(ledger.catalogue.read())
    if not log.for_people:
        flower = {} if plan.flower_port is None else {"flower_password": str(_flower_password(plan))}
        log.say("ready", url=plan.url, tasks=tasks, **flower)
        return
    lines = [("docs", f"{plan.url}/docs"), ("tasks", ", ".join(tasks) or "none")]
    lines.append(("data", str(plan.settings.data)))
    if plan.flower_port is not None:
        login = f"as {FLOWER_USER}, with the password in {_flower_password(plan)}"
        lines.append(("flower", f"http://127.0.0.1:{plan.flower_port} {login}"))
    if "add" in tasks:
        lines.append(("try", f"{_command()} submit add 2 3 --wait"))
    text = Text.assemble("  Longshore is ready at ", (plan.url, "bold underline"))
    for name, value in lines:
        text.append(f"\n  {name:<7} ", "dim").append(value)
    log.banner(text.append("\n  Ctrl-C stops it; `longshore up` goes on where it stopped.", "dim"))
