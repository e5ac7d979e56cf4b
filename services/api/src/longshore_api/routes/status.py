"""The short forms, for scripts: where is it, where is everything."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.errors import NoSuchTask
from longshore_api.operation import operation
from longshore_api.parameters import StatesQuery, TaskPath
from longshore_api.responses import json_response
from longshore_api.shapes import ShortStatus
from longshore_ledger.keys import Role

blueprint = APIBlueprint("status", __name__, url_prefix="/status", abp_tags=[{"name": "Short forms"}])


@blueprint.get("/all", **operation(gives={HTTPStatus.OK: dict[str, str]}))
@needs(Role.VIEWER)
def states(query: StatesQuery) -> Response:
    """Map ids to states, the newest first; past a thousand, the header Link names the next page."""
    page, following = api().ledger.views.states(query.cursor, query.limit)
    headers = {}
    if following is not None:
        address = urlencode({"cursor": following, "limit": query.limit})
        headers["Link"] = f'</status/all?{address}>; rel="next"'
    return json_response(page, headers=headers)


@blueprint.get("/<id>", **operation(gives={HTTPStatus.OK: ShortStatus}))
@needs(Role.VIEWER)
def status(path: TaskPath) -> Response:
    """Say where one task is."""
    task = api().ledger.views.task(path.id)
    if task is None:
        raise NoSuchTask(id=path.id)
    return json_response(ShortStatus(task.id, task.state))
