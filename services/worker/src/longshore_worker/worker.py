"""The worker process: Celery's, with our consumer, our pools and our signals."""

import os
import platform
import signal
from collections.abc import Callable, Mapping
from typing import Any

import celery
from celery import signals
from celery.app.trace import setup_worker_optimizations
from celery.worker import WorkController

import longshore
from longshore.ledger import Ledger
from longshore.settings import Settings
from longshore.task import Task
from longshore_worker.arguments import POOLS
from longshore_worker.foreman import Foreman, ForemanStep
from longshore_worker.remote import look_only


class LongshoreWorker(WorkController):
    """One worker."""

    foreman: Foreman

    def __init__(
        self,
        app: celery.Celery,
        settings: Settings,
        tasks: Mapping[str, Task[..., Any]],
        queues: list[str],
        concurrency: int,
        pool: str,
        ledger: Ledger,
        open_ledger: Callable[[], Ledger],
    ) -> None:
        self._settings = settings
        self._tasks = tasks
        self._ledger = ledger
        self._open_ledger = open_ledger
        self._about = {
            "host": platform.node(),
            "pid": os.getpid(),
            "queues": queues,
            "concurrency": concurrency,
            "pool": pool,
            "version": longshore.__version__,
        }
        any_app: Any = app
        any_app.steps["worker"].add(ForemanStep)
        signals.worker_process_init.connect(_become_a_child)
        look_only()
        super().__init__(
            app=app,
            hostname=f"longshore-{os.getpid()}@{platform.node()}",
            pool_cls=POOLS[pool],
            concurrency=concurrency,
            loglevel="WARNING",
            without_mingle=True,
            without_gossip=True,
            without_heartbeat=not any_app.conf.worker_send_task_events,
        )

    def on_before_init(self, **_: Any) -> None:
        """Have the tracer find tasks without going through a proxy."""
        setup_worker_optimizations(self.app, self.hostname)

    def make_foreman(self) -> None:
        """Called when hub and pool are there."""
        timeouts = {name: task.spec.timeout for name, task in self._tasks.items()}
        self.foreman = Foreman(self, self._settings, self._ledger, self._open_ledger, self._about, timeouts)

    def listen_to_signals(self) -> None:
        """SIGTERM and SIGINT drain; the second one ends what is left."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.foreman.stop_soon())


def _become_a_child(**_: Any) -> None:
    # A supervisor that signals the whole group would kill what the drain lets end, and it would count as a
    # death. Children end with their parent: at the end of its pipe, or by the kernel's parent-death signal.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
