"""Who sends a request: the key in its header, or the one in whose name its browser's session was opened."""

import hmac
from dataclasses import dataclass, field
from typing import Final

from flask import g, request

from longshore_api.context import Api
from longshore_ledger.keys import Key, Role, digest_of

COOKIE: Final = "longshore_session"
"""Where the browser comes by http."""

HOST_COOKIE: Final = f"__Host-{COOKIE}"
"""Where it comes by https: browsers take such a cookie from this very host alone, and by https alone."""

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
    return None if secret() is not None else request.cookies.get(cookie_name())


def is_private() -> bool:
    """Whether the browser came by https, here or as far as what stands before us."""
    return request.is_secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def cookie_name() -> str:
    """The cookie that holds the session. By https no other counts: another host of the domain may set it."""
    return HOST_COOKIE if is_private() else COOKIE


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


def digest_of_request(made: Api) -> str | None:
    """The digest of the secret of the key that the request names, be there such a key or not."""
    given, opened = secret(), session()
    if given is not None:
        return digest_of(given)
    return None if opened is None else made.ledger.sessions.digest_of(opened)


@dataclass(frozen=True)
class Permit:
    """What somebody was let in by, to be looked at again while they stay. Equal where it is the same."""

    made: Api = field(compare=False, repr=False)
    digest: str = field(repr=False)
    session: str | None = field(repr=False)

    def holds(self) -> bool:
        """Whether it would let them in now. May raise LongshoreError: it is not known then."""
        sessions = self.made.ledger.sessions
        if self.session is not None and sessions.digest_of(self.session, prolong=False) != self.digest:
            return False
        return key_of_digest(self.made, self.digest) is not None


def permit_of_request(made: Api) -> Permit | None:
    """What let the request in; None where it needed nothing."""
    digest = digest_of_request(made) if "role" in g else None
    return None if digest is None else Permit(made, digest, session())


def _look_up(made: Api) -> Key | None:
    digest = digest_of_request(made)
    return None if digest is None else key_of_digest(made, digest)
