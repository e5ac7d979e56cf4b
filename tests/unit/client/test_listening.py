"""Listening to events goes on, whatever becomes of connections."""

from datetime import UTC, datetime
from itertools import islice

import httpx
import pytest

from longshore.client import (
    ApiUnreachable,
    Away,
    Event,
    NotFound,
    Reset,
    Skipped,
    Snapshot,
    TaskEvent,
    UnexpectedAnswer,
)
from longshore.states import State

from .api import Api, breaks_off, problem

OPENING = b"retry: 1000\n\nid: 0-0\n\n"


def _told(number: int, state: str = "PENDING") -> bytes:
    text = f'{{"id":"a","state":"{state}","queue":"q","task":"add","at":"2026-11-21T08:00:00.000Z"}}'
    return f"event: task\nid: 1-{number}\ndata: {text}\n\n".encode()


def _heard(number: int, state: str = "PENDING") -> TaskEvent:
    moment = datetime(2026, 11, 21, 8, tzinfo=UTC)
    return TaskEvent("a", State(state), "q", "add", moment, event_id=f"1-{number}")


def _says(*pieces: bytes) -> httpx.Response:
    return httpx.Response(200, content=iter(pieces))


def _first(api: Api, count: int, after: str | None = None, **options: float) -> list[Event]:
    return list(islice(api.client(**options).events(task="add", after=after), count))


def test_events_are_heard_as_they_come() -> None:
    # Given a stream whose pieces end anywhere
    text = OPENING + _told(1) + b":\n\n" + _told(2, "QUEUED") + b'event: skipped\ndata: {"count":7}\n\n'
    api = Api(_says(*(text[n : n + 7] for n in range(0, len(text), 7))))

    # When / Then
    assert _first(api, 3) == [_heard(1), _heard(2, "QUEUED"), Skipped(7)]
    assert api.requests[0].url.params == httpx.QueryParams({"task": "add"})
    assert "Last-Event-ID" not in api.requests[0].headers


def test_a_stream_that_breaks_is_taken_up_behind_the_last_event() -> None:
    # Given one that breaks, and one that the API ends
    api = Api(
        httpx.Response(200, content=breaks_off([OPENING, _told(1), _told(2)[:20]])),
        _says(OPENING, _told(2), b"id: 1-9\n:\n\n"),
        _says(_told(10)),
    )

    # When
    heard = _first(api, 3)

    # Then
    assert heard == [_heard(1), _heard(2), _heard(10)]
    assert [request.headers.get("Last-Event-ID") for request in api.requests] == [None, "1-1", "1-9"]


def test_it_can_begin_behind_an_event() -> None:
    # Given
    api = Api(_says(_told(3)))

    # When
    _first(api, 1, after="1-2")

    # Then
    assert api.requests[0].headers["Last-Event-ID"] == "1-2"
    assert api.requests[0].headers["Authorization"] == "Bearer a-key"


def test_what_the_api_says_of_itself_is_heard() -> None:
    # Given
    api = Api(
        _says(b'event: away\ndata: {"reason":"gone"}\n\nevent: reset\nid: 2-0\ndata: {"reason":"back"}\n\n')
    )

    # When / Then
    assert _first(api, 2) == [Away("gone"), Reset("back")]


def test_without_a_filter_snapshots_are_heard() -> None:
    # Given one of a newer API
    text = (
        b'{"at":"2026-11-21T08:00:00.000Z","states":{"PENDING":1},"wait":null,"run":null,"queues":[],"parked":0,'
        b'"rates":{"submitted":1.5,"succeeded":0,"failed":0},"broker_away":null,"interval":null,"new":1,'
        b'"workers":{"alive":0,"gone":0,"running":0,"capacity":0}}'
    )
    api = Api(_says(b"event: new\ndata: 1\n\nevent: snapshot\ndata: " + text + b"\n\n"))

    # When
    snapshot = next(api.client().events())

    # Then
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.states, snapshot.rates.submitted, snapshot.wait) == ({"PENDING": 1}, 1.5, None)


def test_patience_ends_where_nothing_is_ever_heard() -> None:
    # When / Then
    with pytest.raises(ApiUnreachable, match="refused"):
        _first(Api(httpx.ConnectError("refused")), 1, patience=0.2)
    with pytest.raises(ApiUnreachable, match="end at once"):
        _first(Api(lambda _: _says(OPENING)), 1, patience=0.2)


def test_what_is_refused_is_raised() -> None:
    # When / Then
    with pytest.raises(NotFound):
        _first(Api(problem(404, "Not Found", "there is nothing")), 1)


def test_what_is_no_event_is_no_longshore() -> None:
    # When / Then
    with pytest.raises(UnexpectedAnswer):
        _first(Api(_says(b"event: task\ndata: hello\n\n")), 1)
