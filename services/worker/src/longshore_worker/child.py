"""What a pool's child (or thread) does with a job: run its items one by one, and write on the board.

Each item goes through Celery's tracer, so that Celery's signals, and what users hang on them, see it. The
outcome is taken before the tracer sees it: the tracer hands back a shortened repr.
"""

import threading
import time
from functools import cache
from typing import Any, Final, NamedTuple

import celery
import structlog
from celery.app.task import Task as CeleryTask

from longshore.errors import InvalidArguments
from longshore.running import Current, enter
from longshore.task import Task
from longshore.values import NotJSON, decode, encode
from longshore_worker.board import Board, Kind, Place, Slot
from longshore_worker.chunk import Chunk, run_lines
from longshore_worker.fault import describe, says

log = structlog.get_logger()


class Item(NamedTuple):
    """One task of a job, as it travels to the child."""

    name: str
    id: str
    attempt: int
    body: bytes
    """JSON `[args, kwargs, {}]`."""
    offset: int = -1
    """Lines of a chunk that are done; -1 for a plain task."""
    careful: bool = False
    """One line only."""


class ResultTooLarge(Exception):
    """The result is larger than LONGSHORE_RESULT_LIMIT allows."""


def run_job(place: Place, number: int, serial: int, items: list[Item]) -> None:
    """Run a job's items. Never raises, and returns nothing: everything there is to say is on the board."""
    slot, result_limit = Board.at(place).slots[number], place.result_limit
    if not slot.open(serial):
        return
    for index, item in enumerate(items):
        if slot.full:
            break
        _run_item(slot, index, item, result_limit)
    structlog.contextvars.unbind_contextvars("id")


class Performance:
    """The item at hand: `RunTask.run` performs it, between the tracer's two halves."""

    def __init__(self, slot: Slot, item: Item, result_limit: int) -> None:
        self.slot = slot
        self.item = item
        self.result_limit = result_limit
        self.saw_cancel = False
        self.ended: tuple[Kind, bytes] | None = None

    def progress(self, done: int, total: int) -> None:
        """`longshore.running.Sink`."""
        self.slot.note(done, total)

    def cancelled(self) -> bool:
        """`longshore.running.Sink`."""
        asked = self.slot.asked_to_stop()
        self.saw_cancel |= asked
        return asked

    def perform(self, task: Task[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the task (or a chunk's lines) and take its outcome."""
        with enter(Current(self.item.id, self.item.attempt, self)):
            if self.item.offset >= 0:
                chunk = Chunk.of(kwargs, self.item.offset, careful=self.item.careful)
                run_lines(self.slot, task, chunk, self.result_limit)
                return None
            try:
                result = task.call(*args, **kwargs)
                value = encode(result)
                if len(value) > self.result_limit:
                    raise ResultTooLarge(f"{len(value)} bytes of JSON; the limit is {self.result_limit}")
            except BaseException as error:
                self.ended = self._failed(task, error)
                raise
        self.ended = (Kind.STOPPED if self.saw_cancel else Kind.SUCCESS, value)
        return result

    def _failed(self, task: Task[..., Any], error: BaseException) -> tuple[Kind, bytes]:
        if self.saw_cancel:
            return Kind.STOPPED, b""
        log.warning("task failed", task=task.name, attempt=self.item.attempt, error=says(error))
        # What was wrong with its arguments will be wrong the next time, too.
        kind = Kind.REFUSED if isinstance(error, InvalidArguments) else Kind.FAILURE
        return kind, describe(_in_json_words(error))


_at_hand: Final = threading.local()


class RunTask(CeleryTask):  # type: ignore[type-arg]  # generic in the stubs alone
    """One of our tasks as Celery knows it."""

    abstract = True
    ignore_result = True

    def __init__(self, task: Task[..., Any]) -> None:
        self.name = task.name
        self.task = task

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Called by Celery's tracer."""
        performance: Performance = _at_hand.performance
        return performance.perform(self.task, args, kwargs)


def _run_item(slot: Slot, index: int, item: Item, result_limit: int) -> None:
    lines = item.offset >= 0
    if not lines and not slot.begin(index):
        return
    began = time.perf_counter_ns()
    performance = _at_hand.performance = Performance(slot, item, result_limit)
    structlog.contextvars.bind_contextvars(id=item.id)
    try:
        args, kwargs, _ = decode(item.body)
        task: Any = _tasks()[item.name]
        # With `headers` the tracer need not look for them.
        request = {"id": item.id, "task": item.name, "retries": item.attempt - 1, "headers": {}}
        task.__trace__(item.id, args, kwargs, request)
    except BaseException as error:  # noqa: BLE001  # SystemExit among it: it ends the task, not the child
        if performance.ended is None:
            performance.ended = Kind.FAILURE, describe(error)
    if lines:
        return
    if performance.ended is None:
        # The tracer swallows what goes wrong around a task, in a signal's receiver for instance.
        silence = RuntimeError("Celery did not run it: the worker's log says why")
        performance.ended = Kind.FAILURE, describe(silence)
    kind, value = performance.ended
    slot.end(index, kind, value, (time.perf_counter_ns() - began) // 1000)


@cache
def _tasks() -> Any:
    return celery.current_app.tasks  # through a proxy, so once


def _in_json_words(error: BaseException) -> BaseException:
    if isinstance(error, NotJSON):
        return NotJSON(f"the result is not JSON: {error}").with_traceback(error.__traceback__)
    return error
