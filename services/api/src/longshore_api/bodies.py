"""Bodies of requests: their kind checked, their size bounded, long ones read as they come."""

import time
from collections.abc import Iterator
from typing import IO, Final

from flask import Flask, g, request
from werkzeug.exceptions import ClientDisconnected

from longshore_api.connections.connection import of_request
from longshore_api.context import api
from longshore_api.errors import BodyCut, MalformedBody, WrongMediaType

PIECE: Final = 65_536

FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = frozenset({"application/json"})
_LINES: Final = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})


def install(app: Flask) -> None:
    """Refuse forms that were cut before anything reads them: Werkzeug would take what came for all of it.

    An upload's form is not read here but as it comes, by `form_pieces`.
    """

    def read_form() -> None:
        if request.mimetype != FORM:
            return
        try:
            size = len(request.get_data())  # Cached: `request.form` is made of it.
        except (ClientDisconnected, OSError) as error:
            raise _interrupted() from error
        _refuse_cut(size)

    app.before_request(read_form)


def json_bytes() -> bytes:
    """The body of a JSON request, at most as long as MAX_CONTENT_LENGTH. Raises WrongMediaType.

    The kind is asked for because a form on any web page can send the others. Read in pieces, because
    `request.get_data()` silently cuts a body of unknown length off at the limit.
    """
    _expect(_JSON, "application/json")
    return b"".join(_pieces(request.max_content_length))


def ndjson_pieces() -> Iterator[bytes]:
    """The body of a bulk request as it comes."""
    _expect(_LINES, "application/x-ndjson")
    _let_it_take_time()
    return _pieces(api().settings.bulk_limit)


def form_pieces() -> tuple[Iterator[bytes], bytes]:
    """The body of an upload as it comes, and the boundary between its parts."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data":
        raise WrongMediaType(expected="multipart/form-data", got=request.mimetype or "nothing of it")
    if not boundary:
        raise MalformedBody(
            reason="The header Content-Type names no boundary between the form's parts. Do not set it"
            " yourself: what makes the form (curl -F, FormData, an HTTP library) sets it, too."
        )
    _let_it_take_time()
    return _pieces(api().settings.upload_limit), boundary.encode()


def _expect(kinds: frozenset[str], expected: str) -> None:
    if request.mimetype not in kinds:
        raise WrongMediaType(expected=expected, got=request.mimetype or "nothing of it")


def _let_it_take_time() -> None:
    if (connection := of_request()) is not None:
        connection.wait()


def _pieces(limit: int | None) -> Iterator[bytes]:
    """Raises BodyCut where the connection ends before the body does: half a list may well be a list."""
    request.max_content_length = limit
    stream, size = request.stream, 0
    while piece := _read(stream):
        if (quota := g.get("quota")) is not None:
            quota.read(len(piece))
        yield piece
        # Let others have their turn: a read that finds its bytes waiting does not, and a long body of what
        # needs no ledger (blank lines, say) would hold up every request of the process.
        size += len(piece)
        if size >= PIECE:
            time.sleep(0)
    _refuse_cut(size)


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(PIECE)
    except (ClientDisconnected, OSError) as error:
        raise _interrupted() from error


def _refuse_cut(size: int) -> None:
    if request.content_length is not None and size < request.content_length:
        raise BodyCut(reason=f"{size} of {request.content_length} bytes arrived")


def _interrupted() -> BodyCut:
    return BodyCut(reason="the connection ended in the middle of it")
