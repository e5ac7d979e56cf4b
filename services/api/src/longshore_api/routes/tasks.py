"""Single tasks: submit, read, wait, cancel, retry, explain, tell."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore.api_types import Explanation
from longshore.states import TERMINAL
from longshore_api.auth.guard import needs
from longshore_api.bodies import json_bytes
from longshore_api.context import api, caller
from longshore_api.errors import ChunkOfBatch, NoSuchTask, NothingToRetry
from longshore_api.intake import take
from longshore_api.operation import json_body, operation
from longshore_api.parameters import TaskPath, TasksQuery, WaitQuery
from longshore_api.responses import json_response
from longshore_api.shapes import Timeline
from longshore_api.submission import Submission, read
from longshore_ledger.keys import Role
from longshore_ledger.records import Admission, CancelAnswer, RetryAnswer
from longshore_ledger.shapes import Page, Task
from longshore_ledger.times import us_of

blueprint = APIBlueprint("tasks", __name__, url_prefix="/v1/tasks", abp_tags=[{"name": "Tasks"}])


@blueprint.post(
    "", **operation(takes=json_body(Submission), gives={HTTPStatus.ACCEPTED: Task, HTTPStatus.OK: Task})
)
@needs(Role.SUBMITTER)
def submit() -> Response:
    """Submit a task.

    202 means that it is on record and will end. 200: the same id and payload were on record already.
    """
    admission, task = take(api(), read(json_bytes()))
    status = HTTPStatus.ACCEPTED if admission is Admission.NEW else HTTPStatus.OK
    return json_response(task, status, {"Location": f"/v1/tasks/{task.id}"})


@blueprint.get("", **operation(gives={HTTPStatus.OK: Page}))
@needs(Role.VIEWER)
def tasks(query: TasksQuery) -> Response:
    """List tasks, the newest first, a page at a time.

    A page that had to look at tasks one by one says how many in `scanned`, and may hold few or none of those
    wanted though there is a next one.
    """
    return json_response(
        api().ledger.views.page(
            state=query.state,
            task=query.task,
            queue=query.queue,
            batch=query.batch,
            id_text=query.id,
            since=None if query.since is None else us_of(query.since),
            until=None if query.until is None else us_of(query.until),
            chunks=query.chunks,
            cursor=query.cursor,
            limit=query.limit,
        )
    )


@blueprint.get("/<id>", **operation(gives={HTTPStatus.OK: Task}))
@needs(Role.VIEWER)
def task(path: TaskPath) -> Response:
    """Read one task."""
    return json_response(_task(path.id))


@blueprint.get("/<id>/result", **operation(gives={HTTPStatus.OK: Task, HTTPStatus.ACCEPTED: Task}))
@needs(Role.VIEWER)
def result(path: TaskPath, query: WaitQuery) -> Response:
    """Wait for a task.

    200 when it has ended, well or not (`state` says which), with its result or error; 202 while it has not.
    """
    found = _task(path.id)
    if found.state not in TERMINAL and query.wait:
        api().tasks_waited_for.wait(path.id, query.wait)
        found = _task(path.id)
    return json_response(found, HTTPStatus.OK if found.state in TERMINAL else HTTPStatus.ACCEPTED)


@blueprint.post("/<id>/cancel", **operation(gives={HTTPStatus.OK: Task, HTTPStatus.ACCEPTED: Task}))
@needs(Role.OPERATOR)
def cancel(path: TaskPath) -> Response:
    """Cancel a task.

    200: it will not run (any more); one that had ended stays as it is. 202: it runs and was asked to stop.
    """
    (answer,) = api().ledger.control.cancel([path.id], by=caller())
    if answer is CancelAnswer.UNKNOWN:
        raise NoSuchTask(id=path.id)
    found = _task(path.id)
    if answer is CancelAnswer.IN_BATCH:
        raise ChunkOfBatch(id=path.id, batch=found.batch, action="cancel")
    return json_response(found, HTTPStatus.ACCEPTED if answer is CancelAnswer.REQUESTED else HTTPStatus.OK)


@blueprint.post("/<id>/retry", **operation(gives={HTTPStatus.ACCEPTED: Task}))
@needs(Role.OPERATOR)
def retry(path: TaskPath) -> Response:
    """Run a task that failed or was cancelled once more, with all its attempts before it."""
    (answer,) = api().ledger.control.retry([path.id], by=caller())
    if answer is RetryAnswer.UNKNOWN:
        raise NoSuchTask(id=path.id)
    found = _task(path.id)
    if answer is RetryAnswer.IN_BATCH:
        raise ChunkOfBatch(id=path.id, batch=found.batch, action="retry")
    if answer is RetryAnswer.NOT_FAILED:
        raise NothingToRetry(id=path.id, state=found.state)
    return json_response(found, HTTPStatus.ACCEPTED)


@blueprint.get("/<id>/explain", **operation(gives={HTTPStatus.OK: Explanation}))
@needs(Role.VIEWER)
def explain(path: TaskPath) -> Response:
    """Say why a task is where it is, and what would move it."""
    explanation = api().ledger.explanations.explain(path.id)
    if explanation is None:
        raise NoSuchTask(id=path.id)
    return json_response(explanation)


@blueprint.get("/<id>/timeline", **operation(gives={HTTPStatus.OK: Timeline}))
@needs(Role.VIEWER)
def timeline(path: TaskPath) -> Response:
    """Say what happened to a task, in order: its last run, and the newest twenty detours before."""
    moments = api().ledger.views.timeline(path.id)
    if moments is None:
        raise NoSuchTask(id=path.id)
    return json_response(Timeline(moments))


def _task(id: str) -> Task:
    found = api().ledger.views.task(id)
    if found is None:
        raise NoSuchTask(id=id)
    return found
