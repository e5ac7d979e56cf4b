"""Bulk submission."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore.api_types import Bulk
from longshore.errors import LongshoreError
from longshore_api.auth.guard import needs
from longshore_api.bodies import ndjson_pieces
from longshore_api.bulk_intake import BulkIntake
from longshore_api.context import api
from longshore_api.ndjson import numbered_lines
from longshore_api.operation import operation, other_body
from longshore_api.responses import json_response
from longshore_api.submitter import submitter
from longshore_ledger.keys import Role

blueprint = APIBlueprint("bulk", __name__, url_prefix="/v1/tasks", abp_tags=[{"name": "Tasks"}])

_NDJSON = other_body("application/x-ndjson", {"type": "string", "description": "A submission a line."})


@blueprint.post("/bulk", **operation(takes=_NDJSON, gives={HTTPStatus.OK: Bulk}))
@needs(Role.SUBMITTER)
def submit_many() -> Response:
    """Submit many tasks, one a line (NDJSON).

    A line that is not valid is listed by number with its reason and costs the others nothing. After a 503,
    which says how many were taken, send all of it again: lines with ids are not taken twice.
    """
    made = api()
    intake = BulkIntake(made, submitter())
    try:
        intake.take(numbered_lines(ndjson_pieces(), intake.longest))
    except LongshoreError as error:
        error.fields |= {"accepted": intake.accepted, "repeated": intake.repeated}
        raise
    finally:
        made.meters.submissions.labels("new").inc(intake.accepted)
        made.meters.submissions.labels("repeated").inc(intake.repeated)
        made.meters.submissions.labels("rejected").inc(intake.rejected_count)
    return json_response(intake.outcome())
