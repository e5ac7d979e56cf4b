"""One line of log and one observation for each request, when the last byte of its answer has left.

A stream of events is not observed: how long somebody listened says nothing about how fast we are.
"""

import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

from longshore_api.context import Api, caller
from longshore_api.events.frames import MEDIA_TYPE as EVENT_STREAM

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = structlog.get_logger("longshore_api.access")


def install(app: Flask, made: Api) -> None:
    """Watch every request of `app`."""

    def begin() -> None:
        # A connection that is kept alive stays in one greenlet: the last request's id must not stick.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(part="api")
        g.began = time.perf_counter()
        subject = (request.view_args or {}).get("id")
        if subject is not None:
            about(subject)

    def end(response: Response) -> Response:
        began: float = g.get("began", time.perf_counter())
        # Not the path: a label for each task's id would fill any Prometheus.
        route = request.url_rule.rule if request.url_rule else "none"
        # Nor any method that a client makes up.
        method = request.method if request.method in _METHODS else "other"
        line = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "caller": caller(),
            "peer": request.remote_addr,
        }

        def finish() -> None:
            seconds = time.perf_counter() - began
            if response.mimetype != EVENT_STREAM:
                made.meters.requests.labels(route, method, line["status"]).observe(seconds)
            _log.info("request", **line, ms=round(seconds * 1000, 2))

        response.call_on_close(finish)
        return response

    app.before_request(begin)
    app.after_request(end)


def about(id: str) -> None:
    """Put a task's or batch's id into every further line of log about this request."""
    structlog.contextvars.bind_contextvars(id=id)
