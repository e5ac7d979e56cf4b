"""Workers."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore.ledger.keys import Role
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.operation import operation
from longshore_api.responses import json_response
from longshore_api.shapes import Worker, Workers

blueprint = APIBlueprint("workers", __name__, url_prefix="/v1/workers", abp_tags=[{"name": "Workers"}])


@blueprint.get("", **operation(gives={HTTPStatus.OK: Workers}))
@needs(Role.VIEWER)
def workers() -> Response:
    """List the workers that beat within the last ten minutes, and what each runs."""
    return json_response(Workers([Worker.of(view) for view in api().ledger.views.workers()]))
