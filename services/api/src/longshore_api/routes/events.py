"""Events: a stream of what happens to tasks, or of what the whole looks like."""

from http import HTTPStatus

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.credentials import permit_of_request
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.events.filter import Filter
from longshore_api.events.frames import MEDIA_TYPE
from longshore_api.operation import operation
from longshore_api.parameters import EventsQuery
from longshore_ledger.keys import Role

blueprint = APIBlueprint("events", __name__, url_prefix="/v1/events", abp_tags=[{"name": "Events"}])


@blueprint.get("", **operation(gives={HTTPStatus.OK: MEDIA_TYPE}))
@needs(Role.VIEWER)
def events(query: EventsQuery) -> Response:
    """Listen to events (text/event-stream).

    With a filter: `task` for each state that a matching task comes into, twenty a second at the most, and
    `skipped` with how many were left out. Without: a `snapshot` a second. `away` while the ledger cannot be
    asked, `reset` when something may have been missed. The header Last-Event-ID resumes behind an event.
    """
    filter = Filter(query.id, query.batch, query.queue, query.task, query.state)
    permit = permit_of_request(api())
    heard = api().hub.listen(filter, request.headers.get("Last-Event-ID"), permit)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would keep it all to itself
    return Response(heard, mimetype=MEDIA_TYPE, headers=headers)
