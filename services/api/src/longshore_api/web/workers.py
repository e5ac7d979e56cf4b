"""Workers: who is there, and what each runs since when."""

from datetime import UTC, datetime

import msgspec
from flask import Blueprint, render_template
from msgspec import Struct

from longshore.api_types import Running
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.shapes import Worker
from longshore_ledger.keys import Role

blueprint = Blueprint("workers", __name__)


class Run(Struct, frozen=True):
    """What a worker runs."""

    id: str
    since: str


@blueprint.get("/workers")
@needs(Role.VIEWER)
def workers() -> str:
    """Show the workers, those that are alive first."""
    found = sorted(
        map(Worker.of, api().ledger.views.workers()), key=lambda each: (not each.alive, each.host, each.id)
    )
    return render_template("workers.html", workers=found, runs={each.id: _runs(each) for each in found})


def _runs(worker: Worker) -> list[Run]:
    """The worker tells seconds since 1970."""
    return [
        Run(run.id, datetime.fromtimestamp(float(run.since), UTC).isoformat(timespec="milliseconds"))
        for run in msgspec.convert(worker.running, list[Running])
    ]
