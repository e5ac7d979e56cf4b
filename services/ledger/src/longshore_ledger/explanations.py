"""Why a task is where it is, and what would move it on."""

import json
from typing import Any, Final

from longshore.api_types import Explanation
from longshore.states import State
from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.memory import STARTS_BELOW
from longshore_ledger.shapes import Task, WorkerView
from longshore_ledger.times import now_us, rfc3339
from longshore_ledger.views import Views

_ENDS = {
    State.SUCCESS: ("It is done.", "Fetch its result."),
    State.FAILURE: ("It failed: {message}", "Fix the cause, then retry it."),
    State.REVOKED: ("It was cancelled by {by}.", "Retry it to run it after all."),
}

_OF_ANOTHER_RELEASE = {
    "unknown task": (
        "The workers of its queue {queue} do not know {task}: they are of an older release.",
        "It goes on by itself when a worker of the newer one runs.",
    ),
    "older definition": (
        "Its arguments do not fit the older definition of {task} that the workers of its queue {queue} have.",
        (
            "It goes on when a worker of the newer release runs. If that was rolled back, run where the older"
            " one is: longshore worker --publish-catalogue"
        ),
    ),
    "newer definition": (
        "Its arguments fit an older definition of {task} only, and it is left to a worker that has that.",
        "Wait: if there is none any more, it fails, and says why.",
    ),
}
"""By why a worker gave it back."""

_REPAIR: Final = (
    "Repair its record, and it goes on within a minute; or cancel it, or retry it if it had failed. Retention"
    " deletes it once it has ended."
)

_START_ONE: Final = "Start one: longshore scheduler (or longshore up)."

_ABSENT: Final = 10.0
"""Seconds without a word of a scheduler, which has one every second, after which none runs."""
_MOMENT: Final = 5.0
"""Seconds that a copy may be on its way between the broker and a worker, reported by neither."""
_REFUSAL_SECONDS = 60.0
"""A scheduler asks again after ten, if it runs."""


class Explanations:
    """Explains tasks by the same facts that the reconciler acts on."""

    def __init__(self, connection: Connection, views: Views) -> None:
        self._connection = connection
        self._views = views

    def explain(self, id: str) -> Explanation | None:
        """What holds task `id`, or None where there is no such task."""
        task = self._views.task(id)
        if task is None:
            return None
        if damage := self._noted(id) or task.damaged:
            return Explanation(id, task.state, f"Its record is damaged: {damage}", _REPAIR)
        if task.state in _ENDS:
            reason, advice = _ENDS[task.state]
            message = f"{task.error.type}: {task.error.message}" if task.error else ""
            return Explanation(
                id,
                task.state,
                reason.format(message=message, by=task.cancel_requested or "its batch"),
                advice,
            )
        reason, advice, facts = self._running(task) if task.state is State.STARTED else self._waiting(task)
        if task.released:
            facts["released"] = task.released
        return Explanation(id, task.state, reason, advice, facts)

    def _noted(self, id: str) -> str | None:
        """What a script that met its record found wrong with it."""
        why = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:damaged", id))
        return None if why is None else str(why.decode(errors="replace"))

    def _running(self, task: Task) -> tuple[str, str, dict[str, Any]]:
        worker = next((w for w in self._views.workers() if w.id == task.worker), None)
        facts: dict[str, Any] = {
            "worker": task.worker,
            "started_at": task.started_at,
            "deliveries": task.deliveries,
        }
        if worker is None or not worker.alive:
            return (
                f"Its worker {task.worker} has stopped sending heartbeats.",
                self._without_scheduler() or "It is given to another worker within seconds.",
                facts,
            )
        if task.cancel_requested:
            return (
                f"It is running, and {task.cancel_requested} asked it to stop.",
                "Wait a few seconds.",
                facts,
            )
        return (
            f"It has been running on worker {task.worker} since {task.started_at}.",
            "Wait, or cancel it.",
            facts,
        )

    def _without_scheduler(self) -> str | None:
        """What to say where no scheduler runs; None where one does."""
        note = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:broker", ""))
        if note is None:
            return "No scheduler has ever run."
        age = (now_us(self._connection) - json.loads(note)["at"]) / 1e6
        return f"No scheduler has reported for {age:.0f} s." if age > _ABSENT else None

    def _queued(
        self, task: Task, out: float | None, broker: dict[str, Any], serving: list[WorkerView]
    ) -> tuple[str, str]:
        """A copy of it was published. `out` is when it was claimed, us."""
        held = sum(worker.info.get("held", {}).get(task.queue, 0) for worker in serving)
        if out and not held and broker.get("ready") == 0:
            seconds = (now_us(self._connection) - out) / 1e6
            if seconds > _MOMENT:
                absent = self._without_scheduler()
                return (
                    f"It was published at {rfc3339(out)}, but neither the broker nor a worker has it.",
                    f"{absent} {_START_ONE}" if absent else "It will be published again within seconds.",
                )
        if not held and broker.get("ready") and not any(worker.running for worker in serving):
            return (
                "It is in the broker, and no worker has taken it although those of its queue are idle.",
                "Check their logs. Their probes have them restarted if they are stuck.",
            )
        if stalled := [worker for worker in serving if worker.info.get("stalled")]:
            return (
                f"Worker {stalled[0].id} is replacing pool processes that do not respond.",
                "Wait a few seconds. If this continues, restart that worker; its log has their process ids.",
            )
        return "It is in the broker; workers are busy with earlier tasks.", "Wait, or add workers."

    def _waiting(self, task: Task) -> tuple[str, str, dict[str, Any]]:  # noqa: C901, PLR0911, PLR0912  # causes
        connection, queue = self._connection, task.queue

        def read() -> list[Any]:
            pipeline = connection.redis.pipeline(transaction=False)
            pipeline.hget(f"{PREFIX}:paused", queue)
            pipeline.zscore(f"{PREFIX}:due", task.id)
            pipeline.zrank(f"{PREFIX}:ready:{queue}", task.id)
            pipeline.zscore(f"{PREFIX}:lease:{queue}", task.id)
            pipeline.zcard(f"{PREFIX}:out:{queue}")
            pipeline.hget(f"{PREFIX}:broker", queue)
            pipeline.hget(f"{PREFIX}:broker", "")
            pipeline.zscore(f"{PREFIX}:out:{queue}", task.id)
            pipeline.hget(f"{PREFIX}:t:{task.id}", "sp")
            pipeline.hget(f"{PREFIX}:refused", queue)
            if task.batch:
                pipeline.hget(f"{PREFIX}:b:{task.batch}", "st")
            return list(pipeline.execute())

        paused, due, rank, lease, outstanding, broker, away, out, suspect, refused, *batch = connection.guard(
            read
        )
        serving = [w for w in self._views.workers() if w.serves and queue in w.info.get("queues", [])]
        facts: dict[str, Any] = {"queue": queue, "outstanding": outstanding, "workers": len(serving)}
        if broker:
            facts["broker"] = json.loads(broker)
        if paused:
            note = json.loads(paused)
            return (
                f"Its queue {queue} was paused at {note['at']} by {note['by']}.",
                f"Resume it: longshore queues resume {queue}",
                facts,
            )
        if batch and batch[0] == b"OPEN":
            return "Its file is still being uploaded.", "Wait for the upload.", facts
        facts |= {} if rank is None else {"ahead": rank}
        if task.released in _OF_ANOTHER_RELEASE and task.state is not State.QUEUED:
            reason, advice = _OF_ANOTHER_RELEASE[task.released]
            return reason.format(queue=queue, task=task.task), advice, facts
        now = now_us(connection)
        absent = self._without_scheduler()
        if absent and task.state is not State.QUEUED and (due is None or due <= now):
            return absent, f"{_START_ONE} Nothing else is needed.", facts
        if due is not None:
            why = {State.RETRY: "next attempt"}.get(task.state, "start time")
            seconds = max(0.0, (due - now) / 1e6)
            return f"It is waiting for its {why}, in {seconds:.1f} s.", "Wait, or cancel it.", facts
        if away and not absent and json.loads(away).get("away"):
            return (
                f"The broker is unavailable: {json.loads(away)['away']}.",
                "Start it again; nothing else is needed. See: longshore doctor",
                facts,
            )
        if not serving or (refused and _refusal(refused, now)):
            return *_unserved(queue, refused and _refusal(refused, now)), facts
        if not connection.memory.allows_starts():
            used, limit = connection.memory.usage()
            return (
                f"The ledger uses {used} of {limit} bytes; from {STARTS_BELOW:.0%} no task is started.",
                "Raise maxmemory (or LONGSHORE_LEDGER_MEMORY), or shorten LONGSHORE_RETENTION_SECONDS.",
                facts,
            )
        if suspect == b"1":
            return (
                "A worker died while running it, so it runs alone next. A worker has to become idle first.",
                "Wait, or add workers.",
                facts,
            )
        if task.state is State.QUEUED:
            return *self._queued(task, out, facts.get("broker", {}), serving), facts
        if rank is not None:
            return (
                f"{rank} ready tasks of its queue are ahead of it.",
                "Wait, add workers, or give it a higher priority next time.",
                facts,
            )
        if lease is not None:
            return "The scheduler is publishing it.", "Wait a moment.", facts
        return "It is about to become ready.", "Check that a scheduler is running: longshore doctor", facts


def _unserved(queue: str, refusal: str | None) -> tuple[str, str]:
    """Nobody takes anything of the queue: the broker does not have it, or else no worker is there."""
    if refusal:
        return (
            f"The broker refuses its queue {queue}: {refusal}",
            "Fix the cause; the scheduler tries again every ten seconds.",
        )
    return f"No worker serves its queue {queue}.", f"Start one: longshore worker -Q {queue}"


def _refusal(note: bytes, now: int) -> str | None:
    """What the broker said of the queue, unless nobody has asked it again since."""
    found = json.loads(note)
    return str(found["reason"]) if now - found["at"] < _REFUSAL_SECONDS * 1e6 else None
