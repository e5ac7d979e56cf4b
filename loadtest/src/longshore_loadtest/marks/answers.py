"""What each task of the load test is to return: known to the task and to the verdict alike."""

from collections.abc import Sequence
from typing import Any, Final

QUEUE: Final = "loadtest"
MARK, LINE, FLAKY, CPU = "loadtest.mark", "loadtest.line", "loadtest.flaky", "loadtest.cpu"
SLOW_LINE: Final = 1.3
_SLOW_EVERY: Final = 397
RETRIES: Final = 3
"""How often a failed attempt of these tasks is tried again, unless the submission says otherwise."""


def scramble(value: int) -> int:
    """A number that nobody returns by chance or by mistake."""
    return (value * 2_654_435_761 + 12_345) % 2**32


def answer(task: str, args: Sequence[Any]) -> int | None:
    """What a task of ours returns for these arguments; None for a task that is not ours."""
    if task in (MARK, FLAKY, CPU):
        return scramble(int(args[0]))
    if task == LINE:
        return scramble(int(args[0]) * 31 + int(args[1]))
    return None


def seconds_of_line(other: int) -> float:
    """How long a line takes, by its second value: some outlive the second after which a chunk goes back."""
    return SLOW_LINE if other % _SLOW_EVERY == 0 else 0.0


def failures(task: str, args: Sequence[Any]) -> int:
    """How many times a task fails on purpose before it succeeds."""
    return int(args[1]) if task == FLAKY else 0
