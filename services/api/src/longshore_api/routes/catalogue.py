"""The catalogue: what can be submitted."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.guard import public
from longshore_api.context import api
from longshore_api.operation import operation
from longshore_api.responses import json_response
from longshore_api.shapes import Catalogue, Damaged

blueprint = APIBlueprint("catalogue", __name__, url_prefix="/v1/catalogue", abp_tags=[{"name": "Catalogue"}])


@blueprint.get("", **operation(gives={HTTPStatus.OK: Catalogue}))
@public
def catalogue() -> Response:
    """List the tasks that workers have published, each with the JSON Schema of its arguments."""
    specs = api().ledger.catalogue.read()
    damaged = [Damaged(name, specs.damaged[name]) for name in sorted(specs.damaged)]
    return json_response(Catalogue([specs[name] for name in sorted(specs)], damaged))
