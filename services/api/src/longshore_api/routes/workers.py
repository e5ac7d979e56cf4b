"""Workers: what they run, drain."""

from http import HTTPStatus

import structlog
from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.guard import needs
from longshore_api.context import api, caller
from longshore_api.errors import NoSuchWorker
from longshore_api.operation import operation
from longshore_api.parameters import WorkerPath
from longshore_api.responses import json_response
from longshore_api.shapes import Worker, Workers
from longshore_ledger.keys import Role

blueprint = APIBlueprint("workers", __name__, url_prefix="/v1/workers", abp_tags=[{"name": "Workers"}])

_log = structlog.get_logger(__name__)


@blueprint.get("", **operation(gives={HTTPStatus.OK: Workers}))
@needs(Role.VIEWER)
def workers() -> Response:
    """List the workers that beat within the last ten minutes, and what each runs."""
    return json_response(Workers([Worker.of(view) for view in api().ledger.views.workers()]))


@blueprint.post("/<id>/drain", **operation(gives={HTTPStatus.ACCEPTED: Worker}))
@needs(Role.OPERATOR)
def drain(path: WorkerPath) -> Response:
    """Have a worker stop as if by SIGTERM.

    It hears of it within a second, takes nothing more, lets what runs end, gives back the rest and ends with
    status 0. What started it may start it again, under another id.
    """
    ledger = api().ledger
    known = ledger.control.drain(path.id, by=caller())
    found = next((view for view in ledger.views.workers() if known and view.id == path.id), None)
    if found is None:
        raise NoSuchWorker(id=path.id)
    _log.info("worker is to drain", worker=path.id, by=caller())
    return json_response(Worker.of(found), HTTPStatus.ACCEPTED)
