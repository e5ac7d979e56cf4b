"""`python -m longshore_worker`."""

import sys

from longshore_worker.arguments import parse
from longshore_worker.main import main, publish_catalogue
from longshore_worker.probe import probe


def run() -> int:
    """Do what the command line says."""
    given = parse()
    if given.probe:
        trouble = probe()
        if trouble:
            sys.stderr.write(trouble + "\n")
        return 1 if trouble else 0
    if given.publish_catalogue:
        return publish_catalogue()
    return main(None, given.queues, given.concurrency, given.pool, events=given.events)


if __name__ == "__main__":
    sys.exit(run())
