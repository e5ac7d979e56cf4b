"""Defects: what a Longshore would be that lacks one of the things it rests on. Each breaks one part.

Some of what Longshore rests on is held twice: what the broker loses, the scheduler's census of copies finds
again. `misses_no_copy` takes that away, so that the other one's loss shows.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from tests.loadtest.defective.importing import after_import


def acks_before_writing() -> None:
    """API: a 202 is answered while the task is in the memory of a process, and written a second later."""

    def change(intake: Any) -> None:
        from longshore_ledger.shapes import Task

        submit = intake.Intake.submit

        def later(self: Any, tasks: Any, *by: Any) -> list[Any]:
            timer = threading.Timer(1.0, submit, (self, list(tasks), *by))
            timer.daemon = True
            timer.start()
            return [intake.Admission.NEW for _ in tasks]

        def one_later(self: Any, task: Any, *by: Any) -> tuple[Any, Any]:
            later(self, [task], *by)
            told: dict[str, Any] = dict.fromkeys(Task.__struct_fields__)
            told |= {"id": task.id, "task": task.task, "queue": task.queue, "priority": task.priority}
            told |= {"state": "PENDING", "args": [], "attempt": 1, "deliveries": 0, "crashes": 0}
            return intake.Admission.NEW, Task(**{**told, "submitted_at": "2026-11-21T08:00:00.000Z"})

        intake.Intake.submit = later
        intake.Intake.submit_one = one_later

    after_import("longshore_ledger.intake", change)


def acks_on_receipt() -> None:
    """Worker: a copy is acknowledged when it arrives, not when its end is on record."""

    def change(inbox: Any) -> None:
        receive, settle = inbox.Inbox.receive, inbox.Inbox.settle

        def receive_and_settle(self: Any, copy: Any) -> None:
            receive(self, copy)
            settle(self, copy.tag)

        inbox.Inbox.receive = receive_and_settle
        # What is acknowledged can be neither acknowledged again nor rejected: errors of the channel.
        inbox.Inbox.settle = inbox.Inbox.give_back = lambda *_: None

    after_import("longshore_worker.dispatch.deliveries", change)


def misses_no_copy() -> None:
    """Scheduler: nobody notices that the broker has fewer copies than were published."""

    def change(losses: Any) -> None:
        losses.Losses.lost = lambda *_: {}

    after_import("longshore_scheduler.losses", change)


def awaits_no_confirm() -> None:
    """Scheduler: what was handed to the connection counts as being in the broker."""

    def change(amqp: Any) -> None:
        publish = amqp.AmqpPublisher.publish

        def publish_and_believe(self: Any, queue: str, message: Any) -> None:
            publish(self, queue, message)
            self._unsettled.acked(self._unsettled._tag)

        amqp.AmqpPublisher.publish = publish_and_believe

    after_import("longshore_broker.amqp", change)


def leases_nothing() -> None:
    """Scheduler: a claim takes a task out of the ready set and notes nothing of it."""
    _edit("claim", ("many('ZADD', lease, leases)", ""), ("many('ZADD', outstanding, copies)", ""))


def forgets_what_has_not_ended() -> None:
    """Scheduler: retention counts from the submission, and forgets what waits or runs as well."""
    _edit("retire", ("if not ended(state) then return { 0, '-1' } end", ""))

    def change(retirement: Any) -> None:
        from longshore.states import State

        retirement.TERMINAL = frozenset(State)

    after_import("longshore_ledger.retirement", change)


def fences_nothing() -> None:
    """Worker: whoever brings a result has it recorded, whoever holds the task and whatever its state."""
    _edit(
        "finish",
        ("if t and t.k == token and t.st == 'STARTED' then", "if t then"),
        ("if not LEGAL[t.st][state] then", "if false then"),
    )


def finishes_in_two_steps() -> None:
    """Worker: the state is written first, and the result a little later."""
    _edit("finish", ("move(t, 'SUCCESS', 'v', ARGV[i + 3], ", "move(t, 'SUCCESS', "))

    def change(runs: Any) -> None:
        commit = runs.Runs.commit

        def commit_twice(self: Any, worker: str, **said: Any) -> Any:
            answers = commit(self, worker, **said)
            results = [finish for finish in said.get("finishes", ()) if finish.outcome == "SUCCESS"]
            if results:
                time.sleep(0.1)
            for finish in results:
                self._connection.redis.hset(f"{{longshore}}:t:{finish.id}", "v", finish.value)
            return answers

        runs.Runs.commit = commit_twice

    after_import("longshore_ledger.runs", change)


def _edit(script: str, *edits: tuple[str, str]) -> None:
    """Change the text of one script of the ledger, as this process loads it."""

    def change(scripts: Any) -> None:
        assemble = scripts.assemble

        def edited(name: str, replaced: Any = None) -> str:
            text: str = assemble(name, replaced)
            for old, new in edits if name == script else ():
                assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
                text = text.replace(old, new)
            return text

        scripts.assemble = edited

    after_import("longshore_ledger.scripts", change)


DEFECTS: Final[dict[str, Callable[[], None]]] = {
    defect.__name__: defect
    for defect in (
        acks_before_writing,
        acks_on_receipt,
        misses_no_copy,
        awaits_no_confirm,
        leases_nothing,
        fences_nothing,
        forgets_what_has_not_ended,
        finishes_in_two_steps,
    )
}
