"""What can be said on the command line."""

import argparse
from collections.abc import Sequence
from typing import Final

POOLS: Final = {
    "prefork": "longshore_worker.pools:Prefork",
    "threads": "longshore_worker.pools:Threads",
}
"""What `--pool` may say, and where each is: named, since `--probe` has no time to import Celery."""


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        "longshore_worker", description="Run tasks. Broker, ledger and tasks are LONGSHORE_* variables."
    )
    parser.add_argument(
        "-Q", "--queues", type=_names, help="queues to serve, separated by commas; those of all tasks"
    )
    parser.add_argument("-c", "--concurrency", type=_positive, help="tasks at once; one a processor")
    parser.add_argument("-P", "--pool", choices=list(POOLS), default="prefork")
    parser.add_argument("-E", "--events", action="store_true", help="let Flower and `celery inspect` see it")
    parser.add_argument("--publish-catalogue", action="store_true", help="publish the tasks and exit")
    parser.add_argument(
        "--probe", action="store_true", help="exit with 0 if this machine's workers are alive"
    )
    return parser.parse_args(argv)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
