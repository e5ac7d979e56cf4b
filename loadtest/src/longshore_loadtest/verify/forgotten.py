"""Forgotten: what had ended longer ago than retention keeps it, and need not be there any more.

That it had ended must show in the history: by a run that came to its end, by failures enough, by a cancel, or
by an event. What had not ended is never to be forgotten.
"""

from collections.abc import Iterator
from typing import Final

from longshore_loadtest.marks.answers import RETRIES, failures
from longshore_loadtest.marks.files import lines_of
from longshore_loadtest.verify.seen import FileHistory, Seen
from longshore_loadtest.verify.task_history import TaskHistory

TERMINAL: Final = frozenset({"SUCCESS", "FAILURE", "REVOKED"})
_SLACK: Final = 6.0
"""Seconds that an event may take to be heard: what it tells of may be so much older."""


def may_be_forgotten(seen: Seen, task_history: TaskHistory, at: float) -> bool:
    """Whether a task may have been forgotten by then."""
    if seen.retention is None:
        return False
    before = at - seen.retention
    asked_again = max(
        (one.invoke.at for one in task_history.retries if one.acknowledges(task_history.id)), default=0.0
    )
    signs = [*(mark.at for mark in (*task_history.begun, *task_history.ended)), asked_again]
    goes_on = any(before < sign <= at for sign in signs)
    return not goes_on and any(asked_again <= end <= before for end in _ends(task_history))


def may_be_taken_anew(seen: Seen, task_history: TaskHistory, ended_at: float) -> bool:
    """Whether it may have been submitted again when its end, heard of at `ended_at`, was forgotten."""
    if seen.retention is None:
        return False
    forgotten_at = ended_at - _SLACK + seen.retention
    return any(
        one.may_have_done(task_history.id) and one.known_at >= forgotten_at
        for one in task_history.submissions
    )


def may_have_lived_twice(seen: Seen, task_history: TaskHistory) -> bool:
    """Whether its record may be of a later submission alone."""
    return any(may_be_taken_anew(seen, task_history, end) for end in _ends(task_history))


def file_may_be_forgotten(seen: Seen, batch: FileHistory) -> bool:
    """Whether a file may have been forgotten by the end."""
    if seen.retention is None:
        return False
    before = seen.read_at - seen.retention
    if any(not cancel.refused and cancel.invoke.at <= before for cancel in batch.cancels):
        return True
    asked = batch.uploads[0].invoke.line
    called = [
        number for number, line in enumerate(lines_of(asked.seed, asked.lines), 1) if len(line.split()) == 2
    ]
    return all(any(mark.at <= before for mark in batch.ended.get(number, ())) for number in called)


def _ends(task_history: TaskHistory) -> Iterator[float]:
    """Times of ends, or up to a few seconds before them."""
    yield from (mark.at for mark in task_history.ended)
    yield from (one.invoke.at for one in task_history.cancels if one.may_have_done(task_history.id))
    yield from (event.at - _SLACK for event in task_history.events if event.line.state in TERMINAL)
    if task_history.call:
        retries = RETRIES if task_history.call.retries is None else task_history.call.retries
        if failures(task_history.call.task, task_history.call.args) > retries:
            yield from (mark.at for mark in task_history.begun[retries:])
