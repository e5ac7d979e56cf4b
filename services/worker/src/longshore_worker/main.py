"""The worker's process: tasks, ledger, catalogue, then the worker until it is told to stop."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from longshore.errors import LedgerFull, LedgerUnavailable, LongshoreError
from longshore.logging import configure_logging
from longshore.metrics_port import WAITING, MetricsPort
from longshore.output import protect_output
from longshore.settings import Settings, load_settings
from longshore.stopping import stop_signals
from longshore.task import Task, load_tasks
from longshore_ledger import Ledger
from longshore_worker.catalogue import Publishing, publish
from longshore_worker.celery_adapter.app import make_app, quieten
from longshore_worker.celery_adapter.worker import LongshoreWorker
from longshore_worker.dispatch.heartbeat import HeartbeatProcess
from longshore_worker.execution.surroundings import note_changes
from longshore_worker.exporter import routes

WRONG: Final = 2
"""Exit status of a worker that was started wrongly: starting it the same way again would not help."""
_LEDGER_SECONDS: Final = 2.0
"""What an answer of the ledger may take: the loop waits for it."""

log = structlog.get_logger()


def main(
    settings: Settings | None = None,
    queues: Sequence[str] | None = None,
    concurrency: int | None = None,
    pool: str = "prefork",
    *,
    events: bool = False,
    newest: bool = False,
) -> int:
    """Run a worker until SIGTERM or SIGINT; returns the exit status.

    queues: by default those of all tasks. concurrency: by default the processors of this machine. newest: its
    tasks' definitions are the newest, whatever was published before.
    """
    settings = settings or load_settings()
    protect_output()
    configure_logging("worker", settings.log_format, settings.log_level)
    quieten()
    # Before users' modules are imported: they may start threads, and their memory is not the heartbeat's.
    heartbeat = HeartbeatProcess.fork(lambda: _open(settings), settings.heartbeat_seconds)
    note_changes()
    tasks = _load(settings)
    if tasks is None:
        return WRONG
    served = list(queues or sorted({task.spec.queue for task in tasks.values()}))
    for queue in sorted(set(served) - {task.spec.queue for task in tasks.values()}):
        log.warning("no task here goes to a queue that is served, unless submitted to it", queue=queue)
    port = MetricsPort(settings.host, settings.metrics_port)
    port.answer(WAITING)
    stop = threading.Event()
    for number in stop_signals():
        signal.signal(number, lambda *_: stop.set())
    try:
        ledger = _wait_for_ledger(settings, stop)
    except LongshoreError as error:
        log.error(error.title, reason=error.detail)  # noqa: TRY400  # the reason says it all
        return WRONG
    if ledger is None:
        return 0
    publishing = Publishing(ledger, tasks, newest=newest)
    publishing.start()
    app = make_app(settings.broker, tasks, served, queue_type=settings.queue_type, events=events)
    worker = LongshoreWorker(
        app,
        settings,
        tasks,
        served,
        concurrency or os.cpu_count() or 1,
        pool,
        ledger,
        lambda: _open(settings),
        heartbeat,
    )
    worker.listen_to_signals()
    if stop.is_set():
        return 0  # told before anybody listened; nothing was taken up yet
    port.answer(routes(worker.runtime))
    log.info("worker runs", worker=worker.runtime.state.worker, queues=served, tasks=len(tasks), pool=pool)
    # What was imported stays: the collections that Celery makes before it forks need not look at it, and its
    # pages are not copied into each child.
    gc.collect()
    gc.freeze()
    worker.start()
    worker.runtime.end_orphans()
    if worker.runtime.in_flight.has_stragglers:
        # Threads that do not end would keep the interpreter; what they do is not ours any more.
        sys.stderr.flush()
        os._exit(worker.exitcode or 0)
    return worker.exitcode or 0


def publish_catalogue(settings: Settings | None = None) -> int:
    """Write the catalogue to the ledger, as the newest there is; returns the exit status."""
    settings = settings or load_settings()
    configure_logging("worker", settings.log_format, settings.log_level)
    tasks = _load(settings)
    if tasks is None:
        return WRONG
    try:
        ledger = _open(settings)
        publish(ledger, tasks, newest=True)
    except LongshoreError as error:
        log.error(error.title, reason=error.detail)  # noqa: TRY400  # the reason says it all
        return 1
    log.info("catalogue published", tasks=sorted(tasks))
    ledger.close()
    return 0


def _load(settings: Settings) -> Mapping[str, Task[..., Any]] | None:
    try:
        tasks = load_tasks(settings.tasks, without_tasks=_tell)
    except LongshoreError as error:
        log.exception(error.title, reason=error.detail)
        return None
    if not tasks:
        log.error("there are no tasks", advice="name their modules in LONGSHORE_TASKS, or install them")
        return None
    return tasks


def _tell(source: str) -> None:
    log.warning("no task is defined there", source=source, advice="decorate functions with @task")


def _open(settings: Settings) -> Ledger:
    return Ledger.open(settings.ledger, settings, timeout=_LEDGER_SECONDS)


def _wait_for_ledger(settings: Settings, stop: threading.Event) -> Ledger | None:
    """Open the ledger, however long it takes to come up. None if told to stop meanwhile.

    Raises what waiting does not help: `LedgerTooOld`, `LedgerEvicts`, `SchemaTooNew`.
    """
    told, pause = False, 0.2
    while not stop.is_set():
        try:
            return _open(settings)
        except (LedgerUnavailable, LedgerFull) as error:
            if not told:
                log.warning("waiting for the ledger", reason=error.detail)
            told = True
            stop.wait(pause)
            pause = min(pause * 2, 5.0)
    return None
