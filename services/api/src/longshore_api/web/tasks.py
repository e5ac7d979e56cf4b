"""The list of tasks, and one task: what went in and came out, what happened on the way, why it waits."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from msgspec import Meta, Struct
from werkzeug.wrappers import Response

from longshore.states import TERMINAL, State
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.errors import InvalidRequest, NoSuchTask
from longshore_api.web.queries import read_query
from longshore_api.web.snippets import as_curl, as_python
from longshore_ledger.keys import Role
from longshore_ledger.shapes import Page
from longshore_ledger.times import us_of

blueprint = Blueprint("tasks", __name__)

WITHIN: Final = {
    "5m": ("5 minutes", timedelta(minutes=5)),
    "1h": ("hour", timedelta(hours=1)),
    "1d": ("day", timedelta(days=1)),
    "7d": ("week", timedelta(days=7)),
}
SIZES: Final = (50, 100, 200, 500)

Place = Annotated[str, Meta(pattern=r"^[0-9]{1,20}(-[0-9]{1,20})?$(?!\n)")]


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks are to be shown; empty is all. Times are UTC, as a form's date and time are sent."""

    state: State | None = None
    task: str = ""
    queue: str = ""
    batch: str = ""
    id: str = ""
    within: str = ""
    """Submitted within the last …: a key of WITHIN; or else between these:"""
    since: str = ""
    until: str = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    chunks: bool = False
    """Chunks of batches, too; of a batch that is asked for they are shown anyway."""
    cursor: Place | None = None
    anchor: Place | None = None
    """Show nothing newer than this place: what is read does not move away."""

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        told = (self.state, self.task, self.queue, self.batch, self.id, self.within, self.since, self.until)
        return any(told)


@blueprint.get("/tasks")
@needs(Role.VIEWER)
def tasks() -> str | Response:
    """List the tasks, the newest first. An id that is found whole leads to its task."""
    query, views = read_query(Query), api().ledger.views
    if query.id and "cursor" not in request.args and views.task(query.id):
        return redirect(url_for("pages.tasks.task", id=query.id))
    page = _page(query, query.cursor or query.anchor)
    return render_template(
        "tasks.html",
        query=query,
        page=page,
        states=list(State),
        within=WITHIN,
        sizes=SIZES,
        catalogue=sorted(api().ledger.catalogue.read()),
        queues=sorted(views.counts()),
        older=_link(cursor=page.next or ""),
        newest=_link(),
        with_chunks=_link(chunks="true"),
        top=_top(page),
        events=_events(query),
        newer=query.anchor is not None and _top(_page(query, None, 1)) != _top(page),
    )


@blueprint.get("/tasks/<id>")
@needs(Role.VIEWER)
def task(id: str) -> str:
    """Show one task."""
    ledger = api().ledger
    found = ledger.views.task(id)
    if found is None:
        raise NoSuchTask(id=id)
    ended = found.state in TERMINAL
    return render_template(
        "task.html",
        task=found,
        ended=ended,
        explanation=None if ended else ledger.explanations.explain(id),
        timeline=ledger.views.timeline(id) or [],
        curl=as_curl(found, request.host_url),
        python=as_python(found, request.host_url),
    )


def _page(query: Query, cursor: str | None, limit: int | None = None) -> Page:
    since = _time("since", query.since)
    if query.within in WITHIN:
        since = datetime.now(UTC) - WITHIN[query.within][1]
    return api().ledger.views.page(
        state=query.state,
        task=query.task or None,
        queue=query.queue or None,
        batch=query.batch or None,
        id_text=query.id or None,
        since=_microseconds(since),
        until=_microseconds(_time("until", query.until)),
        chunks=query.chunks,
        cursor=cursor,
        limit=limit or query.limit,
    )


def _events(query: Query) -> str:
    """The stream to listen to: of what is shown, or of everything, once a second."""
    wanted = {"state": query.state, "task": query.task, "queue": query.queue, "batch": query.batch}
    given = urlencode({name: value for name, value in wanted.items() if value})
    return f"/v1/events?{given}" if given else "/v1/events"


def _top(page: Page) -> str:
    """The place just above the first row."""
    if not page.items:
        return ""
    return str(_microseconds(datetime.fromisoformat(page.items[0].submitted_at) + timedelta(milliseconds=1)))


def _time(name: str, text: str) -> datetime | None:
    """A time as a form's date and time are sent, or in RFC 3339. Without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidRequest(
            field=name, reason=f"expected a time like 2026-11-21T09:30, got {text!r}"
        ) from None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else us_of(at)


def _link(**more: str) -> str:
    """The address of this page with other fields; it begins at its newest row unless a cursor is given."""
    kept = {name: text for name, text in request.args.items() if name not in {"cursor", "anchor"}}
    query = urlencode({name: text for name, text in (kept | more).items() if text})
    return f"{request.path}?{query}" if query else request.path
