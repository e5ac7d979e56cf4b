"""The overview: what Longshore is doing now, and did in the last hour."""

import msgspec
from flask import Blueprint, render_template

from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.shapes import Snapshot
from longshore_ledger.keys import Role

blueprint = Blueprint("overview", __name__)


@blueprint.get("/")
@needs(Role.VIEWER)
def overview() -> str:
    """Show it as of now; the stream of snapshots goes on from there."""
    snapshot = msgspec.json.decode(api().hub.snapshots.latest(), type=Snapshot)
    return render_template("overview.html", now=snapshot, used=any(snapshot.states.values()))
