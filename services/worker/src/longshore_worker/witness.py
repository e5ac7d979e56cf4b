"""What Celery's own tools see of our runs: `inspect`, events, Flower. Nothing, unless they were asked for.

A request object and three events a task cost more than starting and finishing it.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from celery.worker.request import Request
from celery.worker.state import task_accepted, task_ready, task_reserved

from longshore.ledger.records import Finish, Outcome
from longshore.values import decode
from longshore_worker.held import Run

if TYPE_CHECKING:
    from longshore_worker.consumer import LongshoreConsumer

log = structlog.get_logger()


class Witness(Protocol):
    """Who is told of runs as they pass."""

    def started(self, run: Run) -> None:
        """It may run, and will in a moment."""

    def ended(self, run: Run, finish: Finish) -> None:
        """It ended."""

    def gone(self, run: Run) -> None:
        """It is not ours any more, and has not ended."""


class Nobody:
    """Looks away."""

    def started(self, run: Run) -> None:
        """See `Witness`."""

    def ended(self, run: Run, finish: Finish) -> None:
        """See `Witness`."""

    def gone(self, run: Run) -> None:
        """See `Witness`."""


def _harmless(tell: Callable[..., None]) -> Callable[..., None]:
    """Watching must not change what is watched: an error in it is logged, and the task goes on."""

    @wraps(tell)
    def told(witness: "CeleryWitness", run: Run, *more: Finish) -> None:
        try:
            tell(witness, run, *more)
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


class CeleryWitness:
    """Keeps Celery's request objects and sends Celery's events."""

    def __init__(self) -> None:
        self.consumer: LongshoreConsumer | None = None
        self._requests: dict[str, Any] = {}

    @_harmless
    def started(self, run: Run) -> None:
        """See `Witness`."""
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
        """See `Witness`."""
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
        """See `Witness`."""
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
