"""Holds a Celery worker, ours or theirs, at the moment it would begin to consume.

Its pool is forked and its connections are open then, so that a clock which starts when it is let go measures
work, not booting. Loaded into the worker as a module of tasks; works on files in its working directory.
"""

import time
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.worker.consumer.connection import Connection
from celery.worker.consumer.tasks import Tasks


class Held(bootsteps.StartStopStep):
    """Waits for the file `go`, having written the file `ready`."""

    requires = (Connection,)

    def start(self, consumer: Any) -> None:
        """Wait, the first time; a worker that connects anew finds the file there."""
        del consumer
        Path("ready").touch()
        while not Path("go").exists():
            time.sleep(0.005)  # Late by no more than that, of rounds that last seconds.

    def stop(self, consumer: Any) -> None:
        """Nothing to undo."""


before: Any = Tasks.requires
Tasks.requires = (*before, Held)
