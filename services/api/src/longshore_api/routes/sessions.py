"""Sessions of browsers: those of one's own key; for an administrator, all."""

from http import HTTPStatus

import structlog
from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.guard import needs
from longshore_api.auth.own_sessions import Sessions, key_names, open_sessions
from longshore_api.context import api, caller
from longshore_api.errors import NoSuchSession
from longshore_api.operation import operation
from longshore_api.parameters import SessionPath
from longshore_api.responses import json_response
from longshore_ledger.keys import Role

blueprint = APIBlueprint("sessions", __name__, url_prefix="/v1/sessions", abp_tags=[{"name": "Sessions"}])

_log = structlog.get_logger(__name__)


@blueprint.get("", **operation(gives={HTTPStatus.OK: Sessions}))
@needs(Role.VIEWER)
def sessions() -> Response:
    """List the sessions that were opened with one's own key; an administrator sees everybody's."""
    return json_response(Sessions(open_sessions()))


@blueprint.post("/<id>/end", **operation(gives={HTTPStatus.NO_CONTENT: None}))
@needs(Role.VIEWER)
def end(path: SessionPath) -> Response:
    """End a session at once, with its event streams: one of one's own key; an administrator, any."""
    names = key_names()
    for session in api().ledger.sessions.list(names):
        if session.id == path.id:
            api().ledger.sessions.end(session.key, session.id)
            _log.info("session ended", session=session.id, key=names[session.key], by=caller())
            return Response(status=HTTPStatus.NO_CONTENT)
    raise NoSuchSession(id=path.id)
