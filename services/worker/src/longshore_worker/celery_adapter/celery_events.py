"""What Celery's own tools see of our runs: `inspect`, events, Flower. Nothing, unless they were asked for.

A request object and three events a task cost more than starting and finishing it.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from celery.worker.request import Request
from celery.worker.state import task_accepted, task_ready, task_reserved

from longshore.values import decode
from longshore_ledger.records import Finish, Outcome
from longshore_worker.dispatch.run import Run

log = structlog.get_logger()


def _harmless(tell: Callable[..., None]) -> Callable[..., None]:
    """Watching must not change what is watched: an error in it is logged, and the task goes on."""

    @wraps(tell)
    def told(events: "CeleryEvents", run: Run, *more: Finish) -> None:
        try:
            tell(events, run, *more)
        except Exception:
            log.exception("Celery was not told of a task", id=run.id)

    return told


class _Message:
    """As much of a kombu message as a request asks for."""

    def __init__(self, run: Run) -> None:
        copy = run.copy
        self.headers = {
            "lang": "py",
            "task": copy.task,
            "id": copy.id,
            "retries": run.attempt - 1,
            "timelimit": [run.timeout, None],
        }
        self.properties = {"correlation_id": copy.id}
        self.delivery_info = {"exchange": "", "routing_key": copy.queue, "redelivered": copy.redelivered}
        self.content_type, self.content_encoding = "application/json", "utf-8"
        self.body = copy.body


class CeleryEvents:
    """Keeps Celery's request objects and sends Celery's events."""

    def __init__(self) -> None:
        self.consumer: Any = None  # ours, once it consumes
        self._requests: dict[str, Any] = {}

    @_harmless
    def started(self, run: Run) -> None:
        """See `outcomes.RunEvents`."""
        consumer = self.consumer
        task = consumer.app.tasks.get(run.copy.task) if consumer else None
        if consumer is None or task is None:
            return
        args, kwargs = _arguments(run)
        request: Any = Request(
            _Message(run), app=consumer.app, hostname=consumer.hostname, eventer=consumer.event_dispatcher,
            task=task, headers=_Message(run).headers, decoded=True, body=(args, kwargs, {}), utc=True,
        )  # fmt: skip
        request.time_start = time.time()
        self._requests[run.token] = request
        task_reserved(request)
        request.send_event(
            "task-received", name=run.copy.task, args=repr(args)[:500], kwargs=repr(kwargs)[:500],
            retries=run.attempt - 1, root_id=run.id,
        )  # fmt: skip
        task_accepted(request)
        request.send_event("task-started")

    @_harmless
    def ended(self, run: Run, finish: Finish) -> None:
        """See `outcomes.RunEvents`."""
        request = self._requests.get(run.token)
        if request is None:
            return
        value = finish.value.decode("utf-8", "replace")[:500]
        if finish.outcome is Outcome.SUCCESS:
            request.send_event("task-succeeded", result=value, runtime=finish.runtime_us / 1e6)
        elif finish.outcome is Outcome.FAILURE:
            request.send_event("task-failed", exception=value, traceback=value)
        else:
            request.send_event("task-revoked", terminated=True, signum=None, expired=False)
        self.gone(run)

    @_harmless
    def gone(self, run: Run) -> None:
        """See `outcomes.RunEvents`."""
        request = self._requests.pop(run.token, None)
        if request is not None:
            task_ready(request)


def _arguments(run: Run) -> tuple[Any, Any]:
    try:
        args, kwargs, _ = decode(run.copy.body)
    except ValueError:
        return [], {}
    if run.is_chunk:
        return [f"{len(kwargs['lines']) - run.offset} lines"], {}
    return args, kwargs
