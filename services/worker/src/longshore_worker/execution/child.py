"""What a pool's child (or thread) does with a job: run its items one by one, and write in its slot.

Each item goes through a tracer, which is Celery's, so that its signals, and what users hang on them, see it.
The outcome is taken before the tracer sees it: the tracer hands back a shortened repr.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import structlog

from longshore.errors import InvalidArguments
from longshore.running import Current, enter
from longshore.task import Task
from longshore.values import NotJSON, decode, encode
from longshore_worker.execution import forks, process
from longshore_worker.execution.chunk import Chunk, run_lines
from longshore_worker.execution.fault import Fault
from longshore_worker.execution.process import ChildProcess
from longshore_worker.execution.result_slots import Kind, Place, ResultSlots, Slot

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
    alone: bool = False
    """One line only."""


JobArgs = tuple[Place, int, int, list[Item]]
"""A job as it travels to the child: where the slots are, which is its own, its serial number, its items."""
Trace = Callable[[Item, Any, Any], object]
"""Runs an item, given its positional and named arguments: by way of `at_hand.performance`, or not at all."""


class ResultTooLarge(Exception):
    """The result is larger than LONGSHORE_RESULT_LIMIT allows."""


def run_job(place: Place, number: int, serial: int, items: list[Item], trace: Trace) -> None:
    """Run a job's items. Returns nothing: everything there is to say is in its slot.

    Raises nothing but SystemExit, when this process is to be replaced.
    """
    slot, result_limit = ResultSlots.at(place).slots[number], place.result_limit
    forks.watch()
    if not slot.open(serial):
        return
    here = process.this()
    if here is None:
        _run_items(slot, items, result_limit, trace, None)
        return
    here.enter()
    try:
        _run_items(slot, items, result_limit, trace, here)
    finally:
        here.leave(items[-1].name, items[-1].id)


def _run_items(
    slot: Slot, items: list[Item], result_limit: int, trace: Trace, here: ChildProcess | None
) -> None:
    for index, item in enumerate(items):
        if slot.full:
            break
        begun = _run_item(slot, index, item, result_limit, trace)
        if begun and here is not None and not here.tidy(item.name, item.id):
            break
    structlog.contextvars.unbind_contextvars("id")


class Performance:
    """The item at hand: performed between the tracer's two halves."""

    def __init__(self, slot: Slot, item: Item, result_limit: int) -> None:
        self.slot = slot
        self.item = item
        self.result_limit = result_limit
        self.process = os.getpid()
        self.saw_cancel = False
        self.ended: tuple[Kind, bytes] | None = None

    def progress(self, done: int, total: int) -> None:
        """`longshore.running.Sink`. What a forked copy of the task says is not shown."""
        if os.getpid() == self.process:
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
                chunk = Chunk.of(kwargs, self.item.offset, alone=self.item.alone)
                run_lines(self.slot, task, chunk, self.result_limit, self._goes_on)
                return None
            try:
                result = forks.call(task, args, kwargs)
            except BaseException as error:
                # What was wrong with its arguments will be wrong the next time, too.
                again = not isinstance(error, InvalidArguments)
                self._fail(task, error, Kind.FAILURE if again else Kind.REFUSED)
                raise
            try:
                value = self._write(result)
            except Exception as error:  # nor does another attempt make JSON of what is none
                self._fail(task, error, Kind.REFUSED)
                raise
        self.ended = (Kind.STOPPED if self.saw_cancel else Kind.SUCCESS, value)
        return result

    def _goes_on(self) -> bool:
        """Whether another line may be begun here."""
        here = process.this()
        return here is None or here.tidy(self.item.name, self.item.id)

    def _write(self, result: object) -> bytes:
        try:
            value = encode(result)
        except NotJSON as error:
            raise NotJSON(f"the result: {error}") from None
        if len(value) > self.result_limit:
            raise ResultTooLarge(f"{len(value)} bytes of JSON; the limit is {self.result_limit}")
        return value

    def _fail(self, task: Task[..., Any], error: BaseException, kind: Kind) -> None:
        if self.saw_cancel:
            self.ended = Kind.STOPPED, b""
            return
        fault = Fault.of(error)
        log.warning("task failed", task=task.name, attempt=self.item.attempt, error=fault.line)
        self.ended = kind, fault.json()
        if not fault.told:
            raise RuntimeError(fault.line) from None  # Celery, and receivers of its signals, would ask again


at_hand: Final = threading.local()
"""`performance`: that of this thread's item."""


def _run_item(slot: Slot, index: int, item: Item, result_limit: int, trace: Trace) -> bool:
    """Run a task, or lines. False: nothing was begun that is still to be tidied up after."""
    lines = item.offset >= 0
    if not lines and not slot.begin(index):
        return False
    began = time.perf_counter_ns()
    performance = at_hand.performance = Performance(slot, item, result_limit)
    structlog.contextvars.bind_contextvars(id=item.id)
    try:
        args, kwargs, _ = decode(item.body)
        trace(item, args, kwargs)
    except BaseException as error:  # noqa: BLE001  # SystemExit among it: it ends the task, not the child
        if performance.ended is None:
            performance.ended = Kind.FAILURE, Fault.of(error).json()
    if os.getpid() != performance.process:
        forks.leave()  # forked by a receiver of Celery's signals
    if lines:
        return False
    if performance.ended is None:
        # The tracer swallows what goes wrong around a task, in a signal's receiver for instance.
        silence = Fault("RuntimeError", "Celery did not run it: the worker's log says why")
        performance.ended = Kind.FAILURE, silence.json()
    kind, value = performance.ended
    slot.end(index, kind, value, (time.perf_counter_ns() - began) // 1000)
    return True
