"""Uploading a text file, a call a line. The script sends it to /v1/batches, for the sake of its progress."""

from flask import Blueprint, render_template, request

from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_ledger.keys import Role

blueprint = Blueprint("upload", __name__)


@blueprint.get("/upload")
@needs(Role.SUBMITTER)
def upload() -> str:
    """Ask for the file and the task."""
    ledger = api().ledger
    return render_template(
        "upload.html",
        catalogue=sorted(ledger.catalogue.read().values(), key=lambda spec: spec.name),
        chosen=request.args.get("task", ""),
        recent=ledger.batches.page(limit=5).items,
    )
