"""A chunk of a file, in the child: run its lines for about a second, each an item in its slot.

The parent sees each line begin and end, so a slow line, a deadly one and a cancelled file are handled by the
same marks as tasks are. What is not reached goes back to the ledger and comes again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from longshore.errors import BadLine, InvalidArguments
from longshore.lines import BLANK, Blank, parse, render
from longshore.task import Task
from longshore_worker.execution import forks
from longshore_worker.execution.fault import Fault
from longshore_worker.execution.result_slots import Kind, Slot

SLICE: Final = 1.0
"""Seconds after which no further line is begun."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines of a chunk that are still to do."""

    lines: Sequence[str]
    header: Sequence[str] | None
    retries: int
    alone: bool

    @classmethod
    def of(cls, args: dict[str, Any], offset: int, *, alone: bool) -> Self:
        """From the arguments of a chunk's message."""
        return cls(args["lines"][offset:], args.get("header"), args.get("retries", 0), alone)


def run_lines(
    slot: Slot, task: Task[..., Any], chunk: Chunk, result_limit: int, goes_on: Callable[[], bool]
) -> None:
    """Run lines until the chunk is done, the second is over or the parent, or `goes_on`, says stop."""
    until = time.monotonic() + (0.0 if chunk.alone else SLICE)
    for index, line in enumerate(chunk.lines):
        if (index and time.monotonic() >= until) or slot.full or not slot.begin(index):
            return
        began = time.perf_counter_ns()
        kind, value = _run_line(task, line, chunk.header, chunk.retries)
        if len(value) > result_limit:
            reason = f"the result is {len(value)} bytes; the limit is {result_limit}"
            kind, value = Kind.FAILURE, reason.encode()
        slot.end(index, kind, value, (time.perf_counter_ns() - began) // 1000)
        if not goes_on():
            return


def _run_line(
    task: Task[..., Any], line: str, header: Sequence[str] | None, retries: int
) -> tuple[Kind, bytes]:
    try:
        args = parse(line, task.spec, header)
        if isinstance(args, Blank):
            assert args is BLANK
            return Kind.BLANK, b""
        return Kind.SUCCESS, _call(task, args, retries).encode()
    except (BadLine, InvalidArguments) as error:
        return Kind.FAILURE, _line(str(error))
    except BaseException as error:  # noqa: BLE001  # a line that calls sys.exit() fails like any other
        return Kind.FAILURE, _line(Fault.of(error).line)


def _call(task: Task[..., Any], args: list[Any] | dict[str, Any], retries: int) -> str:
    """Call the function; again at once, and in place, when it fails: a file has no time for backoff."""
    bound, named = task.bind(args)
    while True:
        try:
            return render(forks.call(task, bound, named))
        except (BadLine, InvalidArguments):
            raise
        except Exception:
            if not retries:
                raise
            retries -= 1


def _line(reason: str) -> bytes:
    """A reason on one line, of a size that a table shows."""
    return " ".join(reason.split())[:2000].encode("utf-8", "replace")
