"""Who sends a request: the key in its header, or the one in whose name its browser's session was opened."""

import hmac
from typing import Final

from flask import g, request

from longshore.ledger.keys import Key, Role, digest_of
from longshore_api.context import Api

COOKIE: Final = "longshore_session"

ADMIN: Final = Key("admin", Role.ADMIN, "")
"""Who sends LONGSHORE_ADMIN_KEY. The ledger does not know it, and need not be there for it."""


def secret() -> str | None:
    """The key that the request carries in a header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return request.headers.get("X-API-Key")


def session() -> str | None:
    """The session that the request is a part of. None where a key comes besides: that says who asks."""
    return None if secret() is not None else request.cookies.get(COOKIE)


def key_of_request(made: Api) -> Key | None:
    """The key that stands behind the request; None where there is none that is known (any more)."""
    if "key" not in g:
        g.key = _look_up(made)
    key: Key | None = g.key
    return key


def key_of_digest(made: Api, digest: str) -> Key | None:
    """The key whose secret has this digest."""
    admin_key = made.settings.admin_key
    if admin_key is not None and hmac.compare_digest(digest_of(admin_key), digest):
        return ADMIN
    return made.ledger.keys.find(digest)


def _look_up(made: Api) -> Key | None:
    given, opened = secret(), session()
    if given is not None:
        return key_of_digest(made, digest_of(given))
    digest = None if opened is None else made.ledger.sessions.digest_of(opened)
    return None if digest is None else key_of_digest(made, digest)
