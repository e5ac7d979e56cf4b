"""The worker process: Celery's, with our consumer, our pools and our signals."""

import os
import platform
import signal
from collections.abc import Callable, Mapping
from typing import Any

import celery
from billiard.pool import EX_RECYCLE
from celery import bootsteps, signals
from celery.app.trace import setup_worker_optimizations
from celery.worker import WorkController

import longshore
from longshore.settings import Settings
from longshore.stopping import stop_signals
from longshore.task import Task
from longshore_ledger import Ledger
from longshore_worker.celery_adapter.app import look_only
from longshore_worker.celery_adapter.pools import POOLS
from longshore_worker.celery_adapter.runtime import Runtime
from longshore_worker.dispatch.heartbeat import HeartbeatProcess
from longshore_worker.execution.process import become_a_child, end_at_once


class LongshoreWorker(WorkController):
    """One worker."""

    runtime: Runtime

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
        heartbeat: HeartbeatProcess,
    ) -> None:
        self._settings = settings
        self._tasks = tasks
        self._ledger = ledger
        self._open_ledger = open_ledger
        self._heartbeat = heartbeat
        self._about = {
            "host": platform.node(),
            "pid": os.getpid(),
            "queues": queues,
            "concurrency": concurrency,
            "pool": pool,
            "version": longshore.__version__,
        }
        any_app: Any = app
        any_app.steps["worker"].add(RuntimeStep)
        self._become_a_child = lambda **_: become_a_child(
            settings.max_tasks_per_child, settings.max_memory_per_child, EX_RECYCLE
        )
        signals.worker_process_init.connect(self._become_a_child)
        signals.worker_process_shutdown.connect(end_at_once)
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

    def make_runtime(self) -> None:
        """Called when hub and pool are there."""
        specs = {name: task.spec for name, task in self._tasks.items()}
        self.runtime = Runtime(
            self.hub,
            self.pool,
            self._settings,
            self._ledger,
            self._open_ledger,
            self._about,
            specs,
            self._heartbeat,
            watched=self.task_events,
        )

    def listen_to_signals(self) -> None:
        """SIGTERM, SIGINT and the terminal's end drain; the second one ends what is left."""
        for number in stop_signals():
            signal.signal(number, lambda *_: self.runtime.stop_soon())


class RuntimeStep(bootsteps.StartStopStep):
    """Makes the runtime before the pool starts, and starts it after it."""

    requires = ("celery.worker.components:Pool",)
    label = "Runtime"

    def create(self, w: LongshoreWorker) -> Any:
        """Called when the pool is made, and not started."""
        w.make_runtime()
        return self

    def start(self, w: LongshoreWorker) -> None:
        """Called when the pool is started."""
        w.runtime.start()

    def register_with_event_loop(self, w: LongshoreWorker, hub: Any) -> None:  # noqa: ARG002
        """Called for each connection, and while there is none."""
        w.runtime.register()

    def stop(self, w: LongshoreWorker) -> None:
        """Called at the end."""
