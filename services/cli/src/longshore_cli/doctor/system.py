"""What runs: scheduler, workers, API, and the tasks that are known."""

import shlex
from collections.abc import Iterator
from typing import Final

from longshore.client import Client, Unauthorized
from longshore.errors import LongshoreError, TasksNotLoaded
from longshore.settings import Settings
from longshore.task import load_tasks
from longshore_api.auth.exposure import asks_for_keys
from longshore_cli.doctor.finding import Finding, Result, Treatment, fail, ok, warn
from longshore_cli.up.private import close_to_others, open_to_others
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.times import now_us

_SILENT_SECONDS = 10.0
_SHOWN: Final = 20
"""Damaged records that are listed."""


def check_system(ledger: Ledger, settings: Settings) -> Iterator[Finding]:
    """Everything that the ledger knows of the parts."""
    yield _scheduler(ledger)
    yield from _workers(ledger)
    yield _keys(ledger, settings)
    for name, reason in ledger.catalogue.read().damaged.items():
        yield fail(
            "catalogue",
            f"the definition of {name} cannot be read: {reason}",
            "Run `longshore worker --publish-catalogue` where a corrected one is installed.",
        )
    yield from _damaged(ledger)
    parked = ledger.metrics.parked()
    if parked:
        yield warn(
            "ledger",
            f"{parked} copies came from the broker that the ledger does not know",
            "The ledger was restored from an older copy, or two share a broker: see docs/guarantees.md.",
        )


def check_files(settings: Settings) -> Iterator[Result]:
    """Whether the data of `longshore up` is its owner's alone; nothing where there is none."""
    folder = settings.data
    if not folder.is_dir():
        return
    found = sorted(path.name for path in open_to_others(folder))
    if not found:
        yield ok("files", f"{folder} can only be read by its owner")
        return
    finding = fail(
        "files",
        f"others can read {', '.join(found)} in {folder}",
        f"Take it from them (doctor --fix does): chmod -R go-rwx {shlex.quote(str(folder))}",
    )
    yield Treatment(finding, lambda: f"closed {close_to_others(folder)} files and folders to others")


def check_api(settings: Settings) -> Finding:
    """Whether the API answers."""
    try:
        with Client(settings.url, settings.key or "", timeout=3.0, patience=0.5) as client:
            client.queues()
    except Unauthorized:
        return warn(
            "api", f"{settings.url} asks for a key", "Set LONGSHORE_KEY; `longshore keys create` makes one."
        )
    except LongshoreError as error:
        return warn(
            "api", error.detail, "Start it with `longshore up` or `longshore api`, or set LONGSHORE_URL."
        )
    return ok("api", f"{settings.url} answers")


def check_tasks(settings: Settings) -> Finding:
    """Whether what LONGSHORE_TASKS and installed packages name can be imported here."""
    empty: list[str] = []
    try:
        found = load_tasks(settings.tasks, without_tasks=empty.append)
    except TasksNotLoaded as error:
        return fail("tasks", error.detail, "Fix the module, or take it out of LONGSHORE_TASKS.")
    if empty:
        return warn("tasks", f"none is defined in {', '.join(empty)}", "Decorate functions there with @task.")
    if not found:
        return warn(
            "tasks",
            "none are found on this machine",
            "Where workers run, name modules or files in LONGSHORE_TASKS: longshore up --tasks my_tasks.py",
        )
    return ok("tasks", f"{len(found)} are found on this machine: {', '.join(sorted(found))}")


def _scheduler(ledger: Ledger) -> Finding:
    advice = "Start one: longshore scheduler (or longshore up). Accepted work waits meanwhile."
    broker = ledger.maintenance.broker().get("")
    if broker is None:
        return fail("scheduler", "none ever ran", advice)
    age = (now_us(ledger.connection) - broker["at"]) / 1e6
    if age > _SILENT_SECONDS:
        return fail("scheduler", f"none was heard of for {age:.0f} s", advice)
    if broker.get("away"):
        return fail("scheduler", f"cannot use the broker: {broker['away']}", "See the broker's findings.")
    return ok("scheduler", f"was heard of {max(age, 0.0):.0f} s ago")


def _workers(ledger: Ledger) -> Iterator[Finding]:
    alive = [worker for worker in ledger.views.workers() if worker.alive]
    if not alive:
        yield warn("workers", "none runs", "Start one: longshore worker -Q QUEUES (or longshore up).")
        return
    served = {queue for worker in alive for queue in worker.info.get("queues", [])}
    yield ok("workers", f"{len(alive)} run, for {', '.join(sorted(served))}")
    for queue in sorted({spec.queue for spec in ledger.catalogue.read().values()} - served):
        yield warn("workers", f"none serves {queue}", f"Start one: longshore worker -Q {queue}")


def _damaged(ledger: Ledger) -> Iterator[Finding]:
    found = sorted(ledger.maintenance.damaged().items())
    if not found:
        return
    lines = [f"{id}: {why}" for id, why in found[:_SHOWN]]
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    advice = (
        f"Repair the hash {PREFIX}:t:ID (for a batch {PREFIX}:b:ID), and a scheduler goes on with it within a"
        " minute. Or give it up: longshore cancel ID"
    )
    yield fail(
        "ledger", f"damaged records, whose tasks wait: {len(found)}", "\n".join([*lines, *more, advice])
    )


def _keys(ledger: Ledger, settings: Settings) -> Finding:
    count = len(ledger.keys.list())
    if settings.auth == "none":
        return warn(
            "keys",
            "LONGSHORE_AUTH=none: everyone who reaches the API may do everything",
            "Unset it and create keys, unless something else keeps strangers away.",
        )
    if asks_for_keys(settings):
        none = (
            "no API keys: nobody but LONGSHORE_ADMIN_KEY is let in" if settings.admin_key else "no API keys"
        )
        return ok("keys", f"{count} API keys" if count else none)
    if count:
        return warn(
            "keys",
            f"{count} API keys, but the API on {settings.host} asks for none",
            "Set LONGSHORE_AUTH=keys, unless nobody else ever gets to this machine, by a proxy or otherwise.",
        )
    return ok("keys", "no API keys: the API serves this machine only, and refuses what a proxy passes on")
