"""What a client is told whose request is no HTTP, or too much of it: a problem document, too."""

from http import HTTPStatus

import msgspec
from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from longshore_api.answers import EVERYWHERE
from longshore_api.problems import MEDIA_TYPE

_STATUS: dict[type[ParseException], HTTPStatus] = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}
"""Of all others: 400."""


def refusal(error: ParseException) -> bytes:
    """The whole answer, after which the connection is closed."""
    status = _STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    document = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": str(error)}
    body = msgspec.json.encode(document) + b"\n"
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **EVERYWHERE,
    }
    lines = [f"HTTP/1.1 {int(status)} {status.phrase}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
