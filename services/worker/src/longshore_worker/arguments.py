"""What can be said on the command line."""

import argparse
from collections.abc import Sequence
from typing import Final

POOLS: Final = ("prefork", "threads")
"""What `--pool` may say: those of `pools.POOLS`, which `--probe` has no time to import."""


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        "longshore worker",
        description="Run tasks. The broker, the ledger and the modules with tasks are LONGSHORE_* variables.",
    )
    parser.add_argument(
        "-Q",
        "--queues",
        type=_names,
        help="Queues to serve, separated by commas. Default: those of all tasks.",
    )
    parser.add_argument(
        "-c", "--concurrency", type=_positive, help="Tasks to run at once. Default: one for each processor."
    )
    parser.add_argument(
        "-P",
        "--pool",
        choices=POOLS,
        default="prefork",
        help="How tasks run: in processes, which can be stopped, or in threads. Default: prefork.",
    )
    parser.add_argument(
        "--max-tasks-per-child",
        type=_count,
        help="Tasks or lines after which a process is replaced; 0 is never. "
        "Default: LONGSHORE_MAX_TASKS_PER_CHILD.",
    )
    parser.add_argument(
        "--max-memory-per-child",
        type=_count,
        help="Memory, MiB, after which a process is replaced; 0 is never. "
        "Default: LONGSHORE_MAX_MEMORY_PER_CHILD.",
    )
    parser.add_argument(
        "-E",
        "--events",
        action="store_true",
        help="Send the events that Flower shows, and answer `celery inspect`.",
    )
    parser.add_argument(
        "--publish-catalogue",
        action="store_true",
        help="Publish the tasks as the newest definitions, and exit.",
    )
    parser.add_argument(
        "--newest",
        action="store_true",
        help="Take these tasks for the newest definitions, whatever was published before.",
    )
    parser.add_argument(
        "--probe", action="store_true", help="Exit with status 0 if the workers of this machine are alive."
    )
    return parser.parse_args(argv)


def _names(text: str) -> list[str]:
    # Not above: it takes the package longshore, and pydantic with it, for which `--probe` has no time.
    from longshore.names import is_name, why_not_name  # noqa: PLC0415

    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not is_name(name):
            raise argparse.ArgumentTypeError(f"{name!r} is no queue: 1 to 100 of A-Z a-z 0-9 . _ -")
        if why := why_not_name(name):
            raise argparse.ArgumentTypeError(f"{why}; choose another")
    return names


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 or more")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
