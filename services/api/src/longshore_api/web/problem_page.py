"""Errors for people: a page that says what went wrong and what to do next, or the way to sign in."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from longshore_api.auth.origin import SAFE
from longshore_api.web import assets
from longshore_api.web.headers import secure


def wants_page() -> bool:
    """Whether this request is a browser's that shows what comes back. Scripts read problem documents."""
    if "HX-Request" in request.headers or not assets.built():
        return False
    if request.url_rule is not None:
        return "pages" in request.blueprints
    takes_html = any(kind == "text/html" for kind, _ in request.accept_mimetypes)
    return takes_html and request.method in SAFE and not request.path.startswith("/v1/")


def problem_page(problem: Mapping[str, Any], headers: Mapping[str, str]) -> WerkzeugResponse:
    """The page for a problem document; for who has not signed in, the way there and back."""
    if problem["status"] == HTTPStatus.UNAUTHORIZED:
        return redirect(_sign_in_address())
    page = render_template("problem.html", problem=problem)
    return secure(make_response(page, problem["status"], dict(headers)))


def _sign_in_address() -> str:
    if request.method not in SAFE:
        return "/sign-in"
    address = request.full_path if request.query_string else request.path
    return f"/sign-in?next={quote(address)}"
