"""Several tasks at a time: cancel, retry."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

import msgspec
from flask import Response
from flask_openapi.blueprint import APIBlueprint
from msgspec import Meta, Struct

from longshore.api_types import Cancelled, CancelOutcome, Retried, RetryOutcome
from longshore.names import is_task_id
from longshore_api.auth.guard import needs
from longshore_api.bodies import json_bytes
from longshore_api.context import api, caller
from longshore_api.operation import json_body, operation
from longshore_api.responses import json_response
from longshore_api.shapes import CancelledTasks, RetriedTasks
from longshore_api.submission import decoded
from longshore_ledger.connection import MOST_ITEMS
from longshore_ledger.keys import Role
from longshore_ledger.records import CancelAnswer, RetryAnswer

A = TypeVar("A", CancelAnswer, RetryAnswer)

blueprint = APIBlueprint("several", __name__, url_prefix="/v1/tasks", abp_tags=[{"name": "Tasks"}])


class Ids(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks. A text that cannot be an id is an unknown task, and the others are acted on."""

    ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_ITEMS)]


_decoder: Final = msgspec.json.Decoder(Ids)
_CANCELLED: Final = {
    CancelAnswer.REVOKED: CancelOutcome.CANCELLED,
    CancelAnswer.REQUESTED: CancelOutcome.ASKED,
    CancelAnswer.FINISHED: CancelOutcome.ENDED,
    CancelAnswer.UNKNOWN: CancelOutcome.UNKNOWN,
    CancelAnswer.IN_BATCH: CancelOutcome.CHUNK_OF_BATCH,
}
_RETRIED: Final = {
    RetryAnswer.PENDING: RetryOutcome.RETRIED,
    RetryAnswer.NOT_FAILED: RetryOutcome.NOT_FAILED,
    RetryAnswer.UNKNOWN: RetryOutcome.UNKNOWN,
    RetryAnswer.IN_BATCH: RetryOutcome.CHUNK_OF_BATCH,
}


@blueprint.post("/cancel", **operation(takes=json_body(Ids), gives={HTTPStatus.OK: CancelledTasks}))
@needs(Role.OPERATOR)
def cancel() -> Response:
    """Cancel up to 500 tasks, and say of each what became of it."""
    answers = _of_each(api().ledger.control.cancel, CancelAnswer.UNKNOWN)
    return json_response(
        CancelledTasks([Cancelled(id, _CANCELLED[answer]) for id, answer in answers.items()])
    )


@blueprint.post("/retry", **operation(takes=json_body(Ids), gives={HTTPStatus.OK: RetriedTasks}))
@needs(Role.OPERATOR)
def retry() -> Response:
    """Run up to 500 tasks that failed or were cancelled once more, and say of each what became of it."""
    answers = _of_each(api().ledger.control.retry, RetryAnswer.UNKNOWN)
    return json_response(RetriedTasks([Retried(id, _RETRIED[answer]) for id, answer in answers.items()]))


def _of_each(act: Callable[[Sequence[str], str], list[A]], unknown: A) -> dict[str, A]:
    """Answers by id, each once: the second time a task would be asked to run again, it does already."""
    answers = dict.fromkeys(decoded(_decoder, json_bytes()).ids, unknown)
    ids = list(filter(is_task_id, answers))
    return answers | dict(zip(ids, act(ids, caller()), strict=True))
