"""Batches: how far each file is, and one of them with the lines that failed."""

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Final

from flask import Blueprint, render_template
from msgspec import Meta, Struct

from longshore.states import BATCH_TERMINAL
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.errors import NoSuchBatch
from longshore_api.web.queries import read_query
from longshore_ledger.keys import Role
from longshore_ledger.shapes import Batch

blueprint = Blueprint("batches", __name__)

_SHOWN: Final = 50
"""Failed lines on the page; the file has all of them."""


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """Which page."""

    cursor: Annotated[str, Meta(pattern=r"^[0-9]{1,20}$(?!\n)")] | None = None


@blueprint.get("/batches")
@needs(Role.VIEWER)
def batches() -> str:
    """List the batches, the newest first."""
    query = read_query(Query)
    return render_template("batches.html", page=api().ledger.batches.page(query.cursor, 50), query=query)


@blueprint.get("/batches/<id>")
@needs(Role.VIEWER)
def batch(id: str) -> str:
    """Show one batch."""
    found = _batch(id)
    ended = found.state in BATCH_TERMINAL
    return render_template("batch.html", batch=found, ended=ended, seconds=_seconds(found))


@blueprint.get("/batches/<id>/failed")
@needs(Role.VIEWER)
def failed(id: str) -> str:
    """The first lines that failed, as a fragment: finding them reads the whole batch."""
    found = _batch(id)
    lines = list(islice(api().ledger.batches.errors(id), _SHOWN))
    return render_template("failed_lines.html", batch=found, lines=lines)


def _batch(id: str) -> Batch:
    found = api().ledger.batches.get(id)
    if found is None:
        raise NoSuchBatch(id=id)
    return found


def _seconds(batch: Batch) -> float:
    """How long it took, or has taken so far."""
    end = datetime.fromisoformat(batch.finished_at) if batch.finished_at else datetime.now(UTC)
    return max(0.0, (end - datetime.fromisoformat(batch.created_at)).total_seconds())
