"""What runs: scheduler, workers, API, and the tasks that are known."""

import time
from collections.abc import Iterator

from longshore.client import Client, Unauthorized
from longshore.errors import LongshoreError, TasksNotLoaded
from longshore.ledger import Ledger
from longshore.settings import Settings
from longshore.task import load_tasks
from longshore_cli.doctor.finding import Finding, fail, ok, warn

_SILENT_SECONDS = 10.0


def check_system(ledger: Ledger, settings: Settings) -> Iterator[Finding]:
    """Everything that the ledger knows of the parts."""
    yield _scheduler(ledger)
    yield from _workers(ledger)
    yield _keys(ledger, settings)
    parked = ledger.metrics.parked()
    if parked:
        yield warn(
            "ledger",
            f"{parked} copies came from the broker that the ledger does not know",
            "The ledger was restored from an older copy, or two share a broker: see docs/guarantees.md.",
        )


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
    try:
        found = load_tasks(settings.tasks)
    except TasksNotLoaded as error:
        return fail("tasks", error.detail, "Mend the module, or take it out of LONGSHORE_TASKS.")
    if not found:
        return warn(
            "tasks",
            "none are found on this machine",
            "Where workers run, name modules or files in LONGSHORE_TASKS: longshore up --tasks my_tasks.py",
        )
    return ok("tasks", f"{len(found)} are found on this machine: {', '.join(sorted(found))}")


def _scheduler(ledger: Ledger) -> Finding:
    advice = "Start one: longshore scheduler (or longshore up). Accepted work waits meanwhile."
    broker = ledger.upkeep.broker().get("")
    if broker is None:
        return fail("scheduler", "none ever ran", advice)
    age = time.time() - broker["at"] / 1e6
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


def _keys(ledger: Ledger, settings: Settings) -> Finding:
    count = len(ledger.keys.list())
    if settings.auth == "none":
        return warn(
            "keys",
            "LONGSHORE_AUTH=none: everyone who reaches the API may do everything",
            "Unset it and create keys, unless something else keeps strangers away.",
        )
    none = "no API keys: the API serves this machine only, unless it has a LONGSHORE_ADMIN_KEY"
    return ok("keys", f"{count} API keys" if count else none)
