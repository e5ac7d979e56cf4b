"""Sessions of browsers. Each has a secret of its own, so that a key is typed once and never kept there."""

import secrets
from hashlib import sha256
from typing import Final

from longshore.ledger.connection import PREFIX, Connection

IDLE_SECONDS: Final = 12 * 3600
"""A session that nobody uses for this long is over."""

_TOUCH_SECONDS: Final = 60
"""Uses within this many seconds of each other prolong it once: a read need not be a write."""


class Sessions:
    """Opens, finds and closes sessions. Only a digest of each one's secret is kept, and its key's digest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, key_digest: str) -> str:
        """Begin a session in the name of a key; returns the session's secret."""
        secret = secrets.token_urlsafe(32)
        self._connection.guard(lambda: self._connection.redis.set(_name(secret), key_digest, ex=IDLE_SECONDS))
        return secret

    def digest_of(self, secret: str) -> str | None:
        """The digest of the key in whose name a session was opened; None where it is over. Prolongs it.

        Whether there still is such a key is for the caller to see: a session ends with its key.
        """
        name = _name(secret)
        found, left = self._connection.guard(
            lambda: self._connection.redis.pipeline(transaction=False).get(name).ttl(name).execute()
        )
        if found is None:
            return None
        if left < IDLE_SECONDS - _TOUCH_SECONDS:
            self._connection.guard(lambda: self._connection.redis.expire(name, IDLE_SECONDS))
        return str(found.decode())

    def close(self, secret: str) -> None:
        """End a session at once."""
        self._connection.guard(lambda: self._connection.redis.delete(_name(secret)))


def _name(secret: str) -> str:
    return f"{PREFIX}:session:{sha256(secret.encode()).hexdigest()}"
