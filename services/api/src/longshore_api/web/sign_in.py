"""Signing in with a key, and out again."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from longshore_api.auth import credentials
from longshore_api.auth.exposure import asks_for_keys
from longshore_api.auth.guard import needs, public
from longshore_api.context import api, caller
from longshore_ledger.keys import Role, digest_of

blueprint = Blueprint("sign_in", __name__)

_log = structlog.get_logger(__name__)


@blueprint.get("/sign-in")
@public
def form() -> WerkzeugResponse:
    """Ask for a key, where one is needed and none was given yet."""
    if not asks_for_keys(api().settings) or credentials.key_of_request(api()):
        return redirect(local_path(request.args.get("next")))
    return _form(refused=False)


@blueprint.post("/sign-in")
@public
def sign_in() -> WerkzeugResponse:
    """Open a session in the name of the key."""
    peer = request.remote_addr or ""
    # Read before it counts: a crowd whose forms never come would use up the attempts of all.
    digest = digest_of(request.form.get("key", "").strip())
    with api().attempts.attempt(peer) as spare:
        key = credentials.key_of_digest(api(), digest)
        if key is not None:
            spare()
    if key is None:
        _log.warning("sign-in refused", peer=peer)
        return _form(refused=True)
    answer = redirect(local_path(request.form.get("next")), HTTPStatus.SEE_OTHER)
    # Lax: with Strict, a link in a chat would lead to the form. What changes something needs a token besides.
    # No lifetime: the ledger knows when the session is over.
    session = api().ledger.sessions.open(digest, peer)
    secure = credentials.is_private()
    answer.set_cookie(credentials.cookie_name(), session, httponly=True, samesite="Lax", secure=secure)
    _log.info("signed in", caller=key.name, peer=peer)
    return answer


@blueprint.post("/sign-out")
@needs(Role.VIEWER)
def sign_out() -> WerkzeugResponse:
    """Close the session."""
    session = credentials.session()
    if session is not None:
        api().ledger.sessions.close(session)
        _log.info("signed out", caller=caller())
    answer = redirect("/sign-in", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(
        credentials.cookie_name(), httponly=True, samesite="Lax", secure=credentials.is_private()
    )
    return answer


def local_path(address: str | None) -> str:
    """`address` where it is a path of this API's, else the overview: nobody is sent elsewhere from here.

    Browsers read a backslash as a slash, and skip tabs and line feeds.
    """
    if address is None or not address.isprintable() or not address.startswith("/"):
        return "/"
    return "/" if address[1:2] in {"/", "\\"} else address


def _form(*, refused: bool) -> Response:
    page = render_template("sign_in.html", next=local_path(request.values.get("next")), refused=refused)
    return make_response(page, HTTPStatus.FORBIDDEN if refused else HTTPStatus.OK)
