"""Counts, what the whole looks like, and what went on in the last hour."""

from collections import Counter
from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from longshore.states import State
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.operation import operation
from longshore_api.parameters import HistoryQuery
from longshore_api.responses import json_response
from longshore_api.shapes import History, Snapshot, Stats
from longshore_ledger.figures import intervals
from longshore_ledger.keys import Role

blueprint = APIBlueprint("stats", __name__, url_prefix="/v1/stats", abp_tags=[{"name": "Statistics"}])


@blueprint.get("", **operation(gives={HTTPStatus.OK: Stats}))
@needs(Role.VIEWER)
def stats() -> Response:
    """Count tasks by state and queue, and workers that beat."""
    ledger = api().ledger
    queues = {
        queue: {str(s): n for s, n in states.items()} for queue, states in ledger.views.counts().items()
    }
    total: Counter[str] = Counter({str(state): 0 for state in State})
    for states in queues.values():
        total.update(states)
    alive = sum(worker.alive for worker in ledger.views.workers())
    return json_response(Stats(dict(total), queues, alive, ledger.metrics.parked()))


@blueprint.get("/snapshot", **operation(gives={HTTPStatus.OK: Snapshot}))
@needs(Role.VIEWER)
def snapshot() -> Response:
    """Show the whole as it is now, a second old at the most: what `/v1/events` sends each second."""
    return Response(api().hub.snapshots.latest(), mimetype="application/json")


@blueprint.get("/history", **operation(gives={HTTPStatus.OK: History}))
@needs(Role.VIEWER)
def history(query: HistoryQuery) -> Response:
    """List what happened in the last hour, in all queues or in one, a quarter of a minute an item."""
    return json_response(History(intervals(api().ledger.history.read(), query.queue)))
