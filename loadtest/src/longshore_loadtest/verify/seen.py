"""The history, sorted by what it is about: what all the checks look at."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import cast

from longshore_loadtest.history.reader import Entry, History
from longshore_loadtest.history.record import (
    Batch,
    Call,
    Complete,
    Event,
    Fail,
    Fault,
    Gap,
    Info,
    Invoke,
    Line,
    Mark,
    Ok,
    Outcome,
    Record,
    Sample,
)
from longshore_loadtest.verify.task_history import Operation, TaskHistory


@dataclass(slots=True)
class FileHistory:
    """One batch: its upload, its end, and the executions of its lines by their numbers."""

    id: str
    uploads: list[Operation] = field(default_factory=list)
    cancels: list[Operation] = field(default_factory=list)
    begun: dict[int, list[Entry[Mark]]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[int, list[Entry[Mark]]] = field(default_factory=lambda: defaultdict(list))
    record: Entry[Batch] | None = None


@dataclass(slots=True)
class Seen:
    """Everything by task, batch and watcher."""

    history: History
    operations: list[Operation] = field(default_factory=list)
    tasks: dict[str, TaskHistory] = field(default_factory=dict)
    batches: dict[str, FileHistory] = field(default_factory=dict)
    heard: dict[str, list[Entry[Event | Gap]]] = field(default_factory=lambda: defaultdict(list))
    """What each watcher heard, in its order."""
    faults: list[Entry[Fault]] = field(default_factory=list)
    samples: list[Entry[Sample]] = field(default_factory=list)
    complete: list[Entry[Complete]] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    """Tasks that are not of this run: nobody's business here."""

    @property
    def run(self) -> str:
        """Name of the run."""
        return self.history.header.run

    @property
    def retention(self) -> float | None:
        """Seconds after its end for which a task is kept for certain; None: for good."""
        found = self.history.header.settings.get("retention")
        return None if found is None else float(found)

    @property
    def read_at(self) -> float:
        """When all was read back; infinitely early where it never was."""
        return self.complete[-1].at if self.complete else float("-inf")

    def is_ours(self, id: str) -> bool:
        """Whether a task or batch is of this run."""
        return id.startswith(f"{self.run}-")

    def acknowledged(self) -> list[TaskHistory]:
        """Tasks that the installation has answered for."""
        return [task_history for task_history in self.tasks.values() if task_history.acknowledgement]


def sort(history: History) -> Seen:
    """Sort a history."""
    seen = Seen(history)
    # What was asked comes first, whatever the clocks say: it tells which ids are of chunks.
    _ask(seen)
    for entry in history.entries:
        _effect(seen, entry)
    for task_history in seen.tasks.values():
        once = {event.line.stream: event for event in reversed(task_history.events)}
        task_history.events = [once[stream] for stream in sorted(once, key=position)]
    return seen


def position(stream: str) -> tuple[int, int]:
    """An event's id as something to compare."""
    milliseconds, _, number = stream.partition("-")
    return int(milliseconds), int(number or 0)


def _ask(seen: Seen) -> None:
    open_: dict[tuple[str, int, int], Operation] = {}
    for entry in seen.history.entries:
        match entry.line:
            case Invoke() as invoke:
                operation = Operation(cast("Entry[Invoke]", entry))
                open_[entry.part, entry.session, invoke.op] = operation
                seen.operations.append(operation)
                _file(seen, operation, invoke)
            case Ok(op=op) | Fail(op=op) | Info(op=op):
                asked = open_.pop((entry.part, entry.session, op), None)
                if asked is not None:
                    asked.outcome = cast("Entry[Outcome]", entry)


def _effect(seen: Seen, entry: Entry[Line]) -> None:
    match entry.line:
        case Mark() as mark:
            _mark(seen, cast("Entry[Mark]", entry), mark)
        case Event() as event:
            heard = cast("Entry[Event]", entry)
            seen.heard[event.process].append(heard)
            if task_history := _task_of(seen, event.id):
                task_history.events.append(heard)
        case Gap() as gap:
            seen.heard[gap.process].append(cast("Entry[Gap]", entry))
        case Record() as record:
            if not record.batch and (task_history := _task_of(seen, record.id)):
                task_history.record = cast("Entry[Record]", entry)
        case Batch(id=id):
            if seen.is_ours(id):
                _batch(seen, id).record = cast("Entry[Batch]", entry)
        case _:
            _remark(seen, entry)


def _remark(seen: Seen, entry: Entry[Line]) -> None:
    match entry.line:
        case Fault():
            seen.faults.append(cast("Entry[Fault]", entry))
        case Sample():
            seen.samples.append(cast("Entry[Sample]", entry))
        case Complete():
            seen.complete.append(cast("Entry[Complete]", entry))


def _file(seen: Seen, operation: Operation, invoke: Invoke) -> None:
    for call in invoke.calls:
        _submitted(seen, operation, call)
    for id in invoke.ids:
        if task_history := _task_of(seen, id):
            _kind(task_history, invoke).append(operation)
    if invoke.batch is not None:
        batch = _batch(seen, invoke.batch)
        if invoke.action == "upload":
            batch.uploads.append(operation)
        elif invoke.action == "cancel":
            batch.cancels.append(operation)


def _submitted(seen: Seen, operation: Operation, call: Call) -> None:
    task_history = seen.tasks.setdefault(call.id, TaskHistory(call.id))
    task_history.call = task_history.call or call
    task_history.submissions.append(operation)


def _kind(task_history: TaskHistory, invoke: Invoke) -> list[Operation]:
    match invoke.action:
        case "cancel":
            return task_history.cancels
        case "retry":
            return task_history.retries
        case "read":
            return task_history.reads
        case _:
            return []


def _mark(seen: Seen, entry: Entry[Mark], mark: Mark) -> None:
    if mark.line is not None:
        if seen.is_ours(mark.id):
            batch = _batch(seen, mark.id)
            (batch.begun if mark.event == "begun" else batch.ended)[mark.line].append(entry)
        else:
            seen.foreign.add(mark.id)
    elif task_history := _task_of(seen, mark.id):
        (task_history.begun if mark.event == "begun" else task_history.ended).append(entry)


def _batch(seen: Seen, id: str) -> FileHistory:
    return seen.batches.setdefault(id, FileHistory(id))


def _task_of(seen: Seen, id: str) -> TaskHistory | None:
    """The history of a task; None for what is not of this run, and for a chunk of a batch."""
    known = seen.tasks.get(id)
    if known is not None:
        return known
    if not seen.is_ours(id):
        seen.foreign.add(id)
        return None
    batch, _, number = id.rpartition(".")
    if number.isdigit() and batch in seen.batches:
        return None
    return seen.tasks.setdefault(id, TaskHistory(id))
