"""`python -m longshore_worker`."""

import os
import signal
import sys

from longshore_worker.arguments import parse
from longshore_worker.leaving import leave
from longshore_worker.probe import probe


def run() -> int:
    """Do what the command line says."""
    given = parse()
    if given.probe:
        trouble = probe()
        if trouble:
            sys.stderr.write(trouble + "\n")
        return 1 if trouble else 0
    # The first process of a container is not ended by a signal it does not handle, and imports take a while.
    # Nothing is begun yet that would have to end well; an exception could be caught by a module of tasks.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    from longshore.settings import load_settings  # noqa: PLC0415
    from longshore_worker.main import main, publish_catalogue  # noqa: PLC0415 - Celery: a probe has no time

    if given.publish_catalogue:
        return publish_catalogue()
    settings = load_settings(
        max_tasks_per_child=given.max_tasks_per_child, max_memory_per_child=given.max_memory_per_child
    )
    return main(
        settings, given.queues, given.concurrency, given.pool, events=given.events, newest=given.newest
    )


if __name__ == "__main__":
    leave(run())
