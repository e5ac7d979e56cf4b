"""Health: for whatever keeps this process alive, and for people who wonder."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore import __version__
from longshore.errors import LongshoreError
from longshore_api.auth.guard import public
from longshore_api.context import api
from longshore_api.operation import operation
from longshore_api.responses import json_response
from longshore_api.shapes import Health

blueprint = APIBlueprint("health", __name__, abp_tags=[{"name": "Health"}])


@blueprint.get("/readyz", **operation(gives={HTTPStatus.OK: "text/plain"}))
@public
def ready() -> Response:
    """Answer 200 while the process serves, whatever is down behind it.

    Taking an API out of service because the ledger is away would turn a clear 503 into no answer at all.
    """
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/healthz", **operation(gives={HTTPStatus.OK: Health}))
@public
def health() -> Response:
    """Say what is away. Always 200: restarting the API would not fix a ledger."""
    ledger = "ok"
    try:
        api().ledger.connection.guard(api().ledger.connection.redis.ping)
    except LongshoreError as error:
        ledger = error.title
    return json_response(Health("ok" if ledger == "ok" else "degraded", __version__, ledger))
