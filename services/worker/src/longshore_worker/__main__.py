"""`python -m longshore_worker`."""

import signal
import sys

from longshore_worker.arguments import parse
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    from longshore_worker.main import main, publish_catalogue  # noqa: PLC0415 - Celery: a probe has no time

    if given.publish_catalogue:
        return publish_catalogue()
    return main(None, given.queues, given.concurrency, given.pool, events=given.events)


if __name__ == "__main__":
    sys.exit(run())
