"""Metrics of this process; those of the ledger are the scheduler's to export."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.operation import operation
from longshore_ledger.keys import Role

blueprint = APIBlueprint("metrics", __name__, abp_tags=[{"name": "Health"}])


@blueprint.get("/metrics", **operation(gives={HTTPStatus.OK: "text/plain"}))
@needs(Role.VIEWER)
def metrics() -> Response:
    """Requests by route, method and status, and submissions by outcome, for Prometheus."""
    return Response(generate_latest(api().meters.registry), content_type=CONTENT_TYPE_LATEST)
