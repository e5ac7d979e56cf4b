"""Errors become problem documents (RFC 9457), for people pages; a traceback goes to the log alone."""

import re
from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Flask, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as WerkzeugResponse

from longshore.errors import LongshoreError
from longshore_api.errors import BodyTooLarge, MalformedBody, Unauthorized
from longshore_api.responses import json_response
from longshore_api.web.problem_page import problem_page, wants_page

MEDIA_TYPE = "application/problem+json"

_LONGEST: Final = 500
"""Characters of a detail or a field."""

_log = structlog.get_logger(__name__)


def install(app: Flask) -> None:
    """Answer every error of `app` with a problem."""
    app.register_error_handler(LongshoreError, problem)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(ParseException, _of_framing)
    app.register_error_handler(Exception, _of_bug)


def problem(error: LongshoreError) -> WerkzeugResponse:
    """The answer to an error of ours. Its fields stand beside the detail, for programs."""
    document = {
        "type": f"urn:longshore:{_kebab(type(error).__name__)}",
        "title": error.title,
        "status": int(error.status),
        "detail": shortened(error.detail),
    }
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="longshore"'
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("refused", problem=document["type"], detail=error.detail)
    fields = {name: shortened(v) if isinstance(v, str) else v for name, v in error.fields.items()}
    return _answer(fields | document, headers)


def shortened(text: str) -> str:
    """What a client sent may be quoted in its answer, but not at any length."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _of_http(error: HTTPException) -> WerkzeugResponse:
    """Flask's own: no such route, no such method, a redirect to the right spelling…"""
    if error.response is not None or (error.code or 500) < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if isinstance(error, RequestEntityTooLarge):
        return problem(BodyTooLarge(limit=request.max_content_length))
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": error.name,
        "status": error.code or 500,
        "detail": _detail(error),
    }
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _answer(document, headers)


def _of_framing(error: Exception) -> WerkzeugResponse:
    """The server found out while it read the body that it does not come in proper chunks."""
    return problem(MalformedBody(reason=f"It does not come in the chunks that it announces: {error}."))


def _of_bug(error: Exception) -> WerkzeugResponse:
    _log.exception("bug", exc_info=error)
    document = {
        "type": "about:blank",
        "title": "Internal error",
        "status": int(HTTPStatus.INTERNAL_SERVER_ERROR),
        "detail": "This is a defect of Longshore. The API's log has the details; please report it.",
    }
    return _answer(document, {})


def _answer(document: dict[str, Any], headers: dict[str, str]) -> WerkzeugResponse:
    if wants_page():
        return problem_page(document, headers)
    return json_response(document, document["status"], headers, mimetype=MEDIA_TYPE)


def _detail(error: HTTPException) -> str:
    match error.code:
        case HTTPStatus.NOT_FOUND:
            return f"There is nothing at {request.path}; /docs lists what there is."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return f"{request.path} does not take {request.method}."
    if isinstance(error, ClientDisconnected):
        return "The connection broke before the request had arrived."
    return error.description or error.name


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
