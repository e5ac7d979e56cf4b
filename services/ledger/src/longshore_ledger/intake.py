"""Submission: tasks come in."""

from collections.abc import Sequence
from typing import Final

from longshore_ledger.connection import PREFIX, Argument, Call, Connection
from longshore_ledger.records import NOBODY, Admission, NewTask, Submitter, entropy
from longshore_ledger.shapes import Task
from longshore_ledger.task_record import FIELDS, task_of

_ADMISSIONS: Final = tuple(Admission)


class Intake:
    """Accepts tasks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def submit(self, tasks: Sequence[NewTask], by: Submitter = NOBODY) -> list[Admission]:
        """Accept tasks, and say of each, in order, whether it is new, or TOO_MANY for its submitter.

        Where this returns, they are in the ledger. Raises `LedgerUnavailable` (some may have been accepted:
        ask again with the same ids) and `LedgerFull`.
        """
        self._connection.memory.refuse_if_full()
        answers = self._connection.run_slices("submit", _head(by), map(_fields, tasks), durable=True)
        return [_ADMISSIONS[answer] for answer in answers]

    def submit_one(self, task: NewTask, by: Submitter = NOBODY) -> tuple[Admission, Task | None]:
        """`submit` one task, and read what is on record under its id, in one round trip."""
        self._connection.memory.refuse_if_full()
        call: Call = ("submit", [*_head(by), *_fields(task)])
        read: list[Argument] = ["HMGET", f"{PREFIX}:t:{task.id}", *FIELDS]
        (answer,), values = self._connection.run_all([call], durable=True, then=read)
        return _ADMISSIONS[answer], task_of(task.id, values)


def _head(by: Submitter) -> list[Argument]:
    return [entropy(), by.key, by.most]


def _fields(task: NewTask) -> Sequence[Argument]:
    if task.delay:
        due = f"+{int(task.delay * 1e6)}"
    else:
        due = str(int(task.due * 1e6)) if task.due is not None else ""
    return (
        task.id,
        task.task,
        task.queue,
        task.args,
        task.priority,
        due,
        task.retries or "",
        f"{task.backoff:g}" if task.retries else "",
        f"{task.timeout:g}" if task.timeout else "",
        task.digest,
    )
