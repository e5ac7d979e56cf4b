"""The documentation: the OpenAPI document, and Swagger UI over it, served from here alone."""

import mimetypes
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final, cast

from flask import Response, abort, current_app
from flask_openapi.blueprint import APIBlueprint

from longshore_api.auth.guard import public
from longshore_api.openapi import document
from longshore_api.parameters import AssetPath
from longshore_api.responses import json_response

if TYPE_CHECKING:
    from flask_openapi.openapi import OpenAPI

blueprint = APIBlueprint("docs", __name__, doc_ui=False)

_SWAGGER: Final = files("flask_openapi_swagger") / "templates" / "swagger"
_OURS: Final = files("longshore_api") / "docs_page"

_FILES: Final[dict[str, Traversable]] = {
    "start.js": _OURS / "start.js",
    "swagger-ui.css": _SWAGGER / "css" / "swagger-ui.css",
    "swagger-ui-bundle.js": _SWAGGER / "js" / "swagger-ui-bundle.js",
}

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets styles on elements. Nothing comes from, and nothing goes to, another origin."""


@blueprint.get("/openapi.json")
@public
def openapi() -> Response:
    """Describe the API (OpenAPI 3.1)."""
    return json_response(document(cast("OpenAPI", current_app)))


@blueprint.get("/docs")
@public
def docs() -> Response:
    """Show the documentation."""
    return _file(_OURS / "docs.html", "text/html")


@blueprint.get("/docs/<name>")
@public
def asset(path: AssetPath) -> Response:
    """Serve a file that the page asks for."""
    if path.name not in _FILES:
        abort(404)
    return _file(_FILES[path.name], mimetypes.guess_type(path.name)[0] or "application/octet-stream")


def _file(source: Traversable, mimetype: str) -> Response:
    answer = Response(source.read_bytes(), mimetype=mimetype)
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
