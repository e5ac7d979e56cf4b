"""Queues: what waits in each, whether it flows, and how its last hour was."""

from flask import Blueprint, render_template

from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.web.sparkline import HEIGHT, WIDTH, sparkline
from longshore_ledger.figures import intervals
from longshore_ledger.keys import Role

blueprint = Blueprint("queues", __name__)


@blueprint.get("/queues")
@needs(Role.VIEWER)
def queues() -> str:
    """Show the queues."""
    ledger = api().ledger
    found = ledger.views.queues()
    samples = ledger.history.read()
    return render_template(
        "queues.html",
        queues=found,
        sparklines={queue.name: sparkline(intervals(samples, queue.name)) for queue in found},
        box=f"0 0 {WIDTH} {HEIGHT}",
    )
