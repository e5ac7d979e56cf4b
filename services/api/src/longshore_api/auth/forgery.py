"""Requests forged in a browser's name: it sends its session with whatever any page makes it send."""

import hmac
from hashlib import sha256
from typing import Final

from flask import request

from longshore_api.auth.origin import SAFE
from longshore_api.bodies import FORM
from longshore_api.errors import Forged

HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf"


def token_of(session: str) -> str:
    """What only a page of ours, shown to whoever has the session, can know."""
    return hmac.new(session.encode(), b"csrf", sha256).hexdigest()


def refuse_forged(session: str) -> None:
    """Refuse what changes something, is sent in the name of `session`, and does not carry its token."""
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER)
    # Only of a small form: an upload's is read as it comes, and by its own route.
    if given is None and request.mimetype == FORM:
        given = request.form.get(FIELD)
    if given is None or not hmac.compare_digest(token_of(session).encode(), given.encode()):
        raise Forged
