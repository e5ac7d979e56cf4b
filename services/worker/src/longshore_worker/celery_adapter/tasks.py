"""Our tasks as Celery knows them, and the way of a job's items through Celery's tracer."""

from functools import cache
from typing import Any

import celery
from celery.app.task import Task as CeleryTask

from longshore.task import Task
from longshore_worker.execution import child
from longshore_worker.execution.child import Item, Performance, at_hand
from longshore_worker.execution.result_slots import Place


class RunTask(CeleryTask):  # type: ignore[type-arg]  # generic in the stubs alone
    """One of our tasks as Celery knows it."""

    abstract = True
    ignore_result = True

    def __init__(self, task: Task[..., Any]) -> None:
        self.name = task.name
        self.task = task

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Called by Celery's tracer. With Celery's own, no parameter could be named `self`."""
        return self.run(*args, **kwargs)

    def run(self, /, *args: Any, **kwargs: Any) -> Any:
        """Run the task, or a chunk of lines, that is at hand."""
        performance: Performance = at_hand.performance
        return performance.perform(self.task, args, kwargs)


def run_job(place: Place, number: int, serial: int, items: list[Item]) -> None:
    """`child.run_job` with Celery's tracer: what the pools call."""
    child.run_job(place, number, serial, items, _trace)


def _trace(item: Item, args: Any, kwargs: Any) -> None:
    task: Any = _tasks()[item.name]
    # With `headers` the tracer need not look for them.
    request = {"id": item.id, "task": item.name, "retries": item.attempt - 1, "headers": {}}
    task.__trace__(item.id, args, kwargs, request)


@cache
def _tasks() -> Any:
    return celery.current_app.tasks  # through a proxy, so once
