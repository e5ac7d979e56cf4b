"""Why a task is where it is, and what would move it on."""

import json
from typing import Any

from longshore.ledger.connection import PREFIX, Connection
from longshore.ledger.shapes import Explanation, Task
from longshore.ledger.times import now_us
from longshore.ledger.views import Views
from longshore.states import State

_ENDS = {
    State.SUCCESS: ("It is done.", "Fetch its result."),
    State.FAILURE: ("It failed: {message}", "Mend the cause, then retry it."),
    State.REVOKED: ("It was cancelled by {by}.", "Retry it to run it after all."),
}


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

    def _running(self, task: Task) -> tuple[str, str, dict[str, Any]]:
        worker = next((w for w in self._views.workers() if w.id == task.worker), None)
        facts: dict[str, Any] = {
            "worker": task.worker,
            "started_at": task.started_at,
            "deliveries": task.deliveries,
        }
        if worker is None or not worker.alive:
            return (
                f"Its worker {task.worker} has not been heard of.",
                "It is given to another worker within seconds, if the scheduler runs: look at /v1/workers.",
                facts,
            )
        if task.cancel_requested:
            return f"It runs and was asked to stop by {task.cancel_requested}.", "Wait a few seconds.", facts
        return f"It runs on worker {task.worker} since {task.started_at}.", "Wait, or cancel it.", facts

    def _waiting(self, task: Task) -> tuple[str, str, dict[str, Any]]:  # noqa: C901, PLR0911  # a list of causes
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
            if task.batch:
                pipeline.hget(f"{PREFIX}:b:{task.batch}", "st")
            return list(pipeline.execute())

        paused, due, rank, lease, outstanding, broker, away, *batch = connection.guard(read)
        serving = [w.id for w in self._views.workers() if w.serves and queue in w.info.get("queues", [])]
        facts: dict[str, Any] = {"queue": queue, "outstanding": outstanding, "workers": len(serving)}
        if broker:
            facts["broker"] = json.loads(broker)
        if paused:
            note = json.loads(paused)
            return (
                f"Its queue {queue} is paused since {note['at']} by {note['by']}.",
                f"Resume it: longshore queues resume {queue}",
                facts,
            )
        if batch and batch[0] == b"OPEN":
            return "The upload of its batch has not ended.", "Wait for the upload.", facts
        if due is not None:
            why = {State.RETRY: "its next attempt"}.get(task.state, "its time")
            seconds = max(0.0, (due - now_us(connection)) / 1e6)
            return f"It waits for {why}, in {seconds:.1f} s.", "Wait, or cancel it.", facts
        if away and json.loads(away).get("away"):
            return (
                f"The broker is away: {json.loads(away)['away']}.",
                "Start it again; the task goes on by itself. See: longshore doctor",
                facts,
            )
        if not serving:
            return f"No worker serves its queue {queue}.", f"Start one: longshore worker -Q {queue}", facts
        if task.state is State.QUEUED:
            return (
                "It is in the broker; workers are busy with what was before it.",
                "Wait, or add workers.",
                facts,
            )
        if rank is not None:
            facts["ahead"] = rank
            return (
                f"{rank} ready tasks of its queue go before it.",
                "Wait, add workers, or give it a higher priority next time.",
                facts,
            )
        if lease is not None:
            return "The scheduler is publishing it.", "Wait a moment.", facts
        return "It is about to be made ready.", "See that a scheduler runs: longshore doctor", facts
