"""Several tasks at a time: cancel, retry."""

from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from flask import Response
from flask_openapi.blueprint import APIBlueprint
from msgspec import Meta, Struct

from longshore.ledger.connection import MOST_ITEMS
from longshore.ledger.keys import Role
from longshore_api.auth.guard import needs
from longshore_api.bodies import json_bytes
from longshore_api.context import api, caller
from longshore_api.operation import json_body, operation
from longshore_api.responses import json_response
from longshore_api.shapes import Cancelled, CancelledTasks, Retried, RetriedTasks
from longshore_api.submission import Id, decoded

blueprint = APIBlueprint("several", __name__, url_prefix="/v1/tasks", abp_tags=[{"name": "Tasks"}])


class Ids(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks."""

    ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_ITEMS)]


_decoder: Final = msgspec.json.Decoder(Ids)
_CANCELLED: Final = ("cancelled", "asked", "ended", "unknown", "part-of-batch")
"""By `CancelAnswer`."""
_RETRIED: Final = ("retried", "not-failed", "unknown", "part-of-batch")
"""By `RetryAnswer`."""


@blueprint.post("/cancel", **operation(takes=json_body(Ids), gives={HTTPStatus.OK: CancelledTasks}))
@needs(Role.OPERATOR)
def cancel() -> Response:
    """Cancel up to 500 tasks, and say of each what became of it."""
    ids = _ids()
    answers = api().ledger.control.cancel(ids, by=caller())
    items = [Cancelled(id, _CANCELLED[answer]) for id, answer in zip(ids, answers, strict=True)]
    return json_response(CancelledTasks(items))


@blueprint.post("/retry", **operation(takes=json_body(Ids), gives={HTTPStatus.OK: RetriedTasks}))
@needs(Role.OPERATOR)
def retry() -> Response:
    """Run up to 500 tasks that failed or were cancelled once more, and say of each what became of it."""
    ids = _ids()
    answers = api().ledger.control.retry(ids, by=caller())
    items = [Retried(id, _RETRIED[answer]) for id, answer in zip(ids, answers, strict=True)]
    return json_response(RetriedTasks(items))


def _ids() -> list[str]:
    """Each once: the second time a task would be asked to run again, it does already."""
    return list(dict.fromkeys(decoded(_decoder, json_bytes()).ids))
