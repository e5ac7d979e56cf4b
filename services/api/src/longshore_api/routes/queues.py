"""Queues: what they hold, pause, resume."""

from http import HTTPStatus

import structlog
from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.guard import needs
from longshore_api.context import api, caller
from longshore_api.errors import NoSuchQueue
from longshore_api.operation import operation
from longshore_api.parameters import QueuePath
from longshore_api.responses import json_response
from longshore_api.shapes import Queues
from longshore_ledger.keys import Role

blueprint = APIBlueprint("queues", __name__, url_prefix="/v1/queues", abp_tags=[{"name": "Queues"}])

_log = structlog.get_logger(__name__)


@blueprint.get("", **operation(gives={HTTPStatus.OK: Queues}))
@needs(Role.VIEWER)
def queues() -> Response:
    """List the queues with their tasks by state."""
    return json_response(Queues(api().ledger.views.queues()))


@blueprint.post("/<queue>/pause", **operation(gives={HTTPStatus.NO_CONTENT: None}))
@needs(Role.OPERATOR)
def pause(path: QueuePath) -> Response:
    """Start nothing more of a queue; what runs goes on. Pausing it twice keeps the first note."""
    _must_exist(path.queue)
    api().ledger.control.pause(path.queue, by=caller())
    _log.info("queue paused", queue=path.queue, by=caller())
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post("/<queue>/resume", **operation(gives={HTTPStatus.NO_CONTENT: None}))
@needs(Role.OPERATOR)
def resume(path: QueuePath) -> Response:
    """Let a paused queue go on."""
    _must_exist(path.queue)
    api().ledger.control.resume(path.queue)
    _log.info("queue resumed", queue=path.queue, by=caller())
    return Response(status=HTTPStatus.NO_CONTENT)


def _must_exist(name: str) -> None:
    """Refuse what is most likely misspelt: a pause that holds nothing would look like one that does."""
    ledger = api().ledger
    if any(spec.queue == name for spec in ledger.catalogue.read().values()):
        return
    if all(view.name != name for view in ledger.views.queues()):
        raise NoSuchQueue(queue=name)
