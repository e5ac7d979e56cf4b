"""Bodies of requests: their kind checked, their size bounded, long ones read as they come."""

import time
from collections.abc import Iterator
from typing import Final

from flask import request

from longshore_api.errors import WrongMediaType

PIECE: Final = 65_536

BULK_LIMIT: Final = 268_435_456
"""Largest bulk submission, bytes."""

UPLOAD_LIMIT: Final = 4_294_967_296
"""Largest file with its form, bytes."""

_JSON: Final = frozenset({"application/json"})
_LINES: Final = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})


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
    return _pieces(BULK_LIMIT)


def form_pieces() -> tuple[Iterator[bytes], bytes]:
    """The body of an upload as it comes, and the boundary between its parts."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise WrongMediaType(expected="multipart/form-data", got=request.mimetype or "nothing of it")
    return _pieces(UPLOAD_LIMIT), boundary.encode()


def _expect(kinds: frozenset[str], expected: str) -> None:
    if request.mimetype not in kinds:
        raise WrongMediaType(expected=expected, got=request.mimetype or "nothing of it")


def _pieces(limit: int | None) -> Iterator[bytes]:
    request.max_content_length = limit
    stream, size = request.stream, 0
    while piece := stream.read(PIECE):
        yield piece
        # Let others have their turn: a read that finds its bytes waiting does not, and a long body of what
        # needs no ledger (blank lines, say) would hold up every request of the process.
        size += len(piece)
        if size >= PIECE:
            time.sleep(0)
