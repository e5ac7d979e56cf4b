"""The worker's process: tasks, ledger, catalogue, then the worker until it is told to stop."""

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import billiard.util
import structlog

from longshore.errors import LedgerUnavailable, LongshoreError
from longshore.ledger import Ledger
from longshore.logging import configure_logging
from longshore.metrics_port import WAITING, MetricsPort
from longshore.settings import Settings, load_settings
from longshore.task import Task, load_tasks
from longshore_worker.app import make_app
from longshore_worker.catalogue import Publishing, publish
from longshore_worker.exporter import routes
from longshore_worker.worker import LongshoreWorker

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
) -> int:
    """Run a worker until SIGTERM or SIGINT; returns the exit status.

    queues: by default those of all tasks. concurrency: by default the processors of this machine.
    """
    settings = settings or load_settings()
    configure_logging("worker", settings.log_format)
    _quieten()
    tasks = _load(settings)
    if tasks is None:
        return WRONG
    served = list(queues or sorted({task.spec.queue for task in tasks.values()}))
    port = MetricsPort(settings.host, settings.metrics_port)
    port.answer(WAITING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ledger = _wait_for_ledger(settings, stop)
    if ledger is None:
        return 0
    publishing = Publishing(ledger, tasks)
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
    )
    worker.listen_to_signals()
    if stop.is_set():
        return 0  # told before anybody listened; nothing was taken up yet
    port.answer(routes(worker.foreman))
    log.info("worker runs", worker=worker.foreman.id, queues=served, tasks=len(tasks), pool=pool)
    # What was imported stays: the collections that Celery makes before it forks need not look at it, and its
    # pages are not copied into each child.
    gc.collect()
    gc.freeze()
    worker.start()
    if worker.foreman.gate.floor.has_stragglers:
        # Threads that do not end would keep the interpreter; what they do is not ours any more.
        sys.stderr.flush()
        os._exit(worker.exitcode or 0)
    return worker.exitcode or 0


def publish_catalogue(settings: Settings | None = None) -> int:
    """Write the catalogue to the ledger; returns the exit status."""
    settings = settings or load_settings()
    configure_logging("worker", settings.log_format)
    tasks = _load(settings)
    if tasks is None:
        return WRONG
    try:
        ledger = _open(settings)
        publish(ledger, tasks)
    except LongshoreError as error:
        log.error(error.title, reason=error.detail)  # noqa: TRY400  # the reason says it all
        return 1
    log.info("catalogue published", tasks=sorted(tasks))
    ledger.close()
    return 0


def _load(settings: Settings) -> Mapping[str, Task[..., Any]] | None:
    try:
        tasks = load_tasks(settings.tasks)
    except LongshoreError as error:
        log.exception(error.title, reason=error.detail)
        return None
    if not tasks:
        log.error("there are no tasks", advice="name their modules in LONGSHORE_TASKS, or install them")
        return None
    return tasks


def _open(settings: Settings) -> Ledger:
    return Ledger.open(settings.ledger, settings, timeout=_LEDGER_SECONDS)


def _wait_for_ledger(settings: Settings, stop: threading.Event) -> Ledger | None:
    """Open the ledger, however long it takes to come up. None if told to stop meanwhile."""
    told, pause = False, 0.2
    while not stop.is_set():
        try:
            return _open(settings)
        except LedgerUnavailable as error:
            if not told:
                log.warning("waiting for the ledger", reason=error.detail)
            told = True
            stop.wait(pause)
            pause = min(pause * 2, 5.0)
    return None


def _quieten() -> None:
    """Celery's own words where ours say more: a task's failure is in the ledger, with its traceback."""
    billiard.util.get_logger().propagate = True  # or it prints bare lines
    for name in ("celery", "kombu", "amqp", "multiprocessing"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)
