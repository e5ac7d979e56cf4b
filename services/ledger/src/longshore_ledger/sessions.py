"""Sessions of browsers. Each has a secret of its own, so that a key is typed once and never kept there."""

import secrets
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from typing import Final

import msgspec

from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.times import now_us, shown

IDLE_SECONDS: Final = 12 * 3600
"""A session that nobody uses for this long is over."""

LIFE_SECONDS: Final = 7 * 86_400
"""A session is over this long after it was opened, however much it is used."""

MOST: Final = 100
"""Sessions that a key has at the most; one more ends the oldest."""

_TOUCH_SECONDS: Final = 60
"""Uses within this many seconds of each other prolong it once: a read need not be a write."""


class Session(msgspec.Struct, frozen=True):
    """A session without its secret."""

    id: str
    key: str
    """Digest of its key's secret."""
    opened_at: str
    ends_at: str
    """When it is over at the latest."""
    peer: str
    """Address that signed in."""


class _Note(msgspec.Struct, frozen=True):
    """What is kept of a session. Times in seconds since 1970."""

    key: str
    opened: int
    peer: str


class Sessions:
    """Opens, finds, lists and closes sessions. Only a digest of each one's secret is kept, and its key's.

    A session has a record, which expires, and stands in the list of its key by the time it was opened.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, key_digest: str, peer: str = "") -> str:
        """Begin a session in the name of a key; returns the session's secret. `peer` is who signs in."""
        secret = secrets.token_urlsafe(32)
        opened = self._now()
        note, of_key = msgspec.json.encode(_Note(key_digest, opened, peer)), _list_name(key_digest)
        *_, surplus = self._connection.guard(
            lambda: (
                self._connection.redis.pipeline(transaction=True)
                .set(_name(id_of(secret)), note, ex=IDLE_SECONDS)
                .zadd(of_key, {id_of(secret): opened})
                .expire(of_key, LIFE_SECONDS)
                .zremrangebyscore(of_key, "-inf", opened - LIFE_SECONDS)
                .zrange(of_key, 0, -MOST - 1)
                .execute()
            )
        )
        for id in surplus:
            self.end(key_digest, id.decode())
        return secret

    def digest_of(self, secret: str, *, prolong: bool = True) -> str | None:
        """The digest of the key in whose name a session was opened; None where it is over. Prolongs it.

        Whether there still is such a key is for the caller to see: a session ends with its key.
        """
        name = _name(id_of(secret))
        found, left = self._connection.guard(
            lambda: self._connection.redis.pipeline(transaction=False).get(name).ttl(name).execute()
        )
        note = _read(found)
        if note is None:
            return None
        if left < IDLE_SECONDS - _TOUCH_SECONDS:
            rest = note.opened + LIFE_SECONDS - self._now()
            if rest <= 0:
                return None
            if prolong and left < min(IDLE_SECONDS, rest) - _TOUCH_SECONDS:
                self._connection.guard(lambda: self._connection.redis.expire(name, min(IDLE_SECONDS, rest)))
        return note.key

    def list(self, key_digests: Iterable[str]) -> list[Session]:
        """The sessions of these keys, each key's in the order in which they were opened."""
        redis, found = self._connection.redis, list[Session]()
        earliest = self._now() - LIFE_SECONDS
        for digest in key_digests:
            for id in self._connection.guard(partial(redis.zrange, _list_name(digest), 0, -1)):
                note = _read(self._connection.guard(partial(redis.get, _name(id.decode()))))
                if note is not None and note.key == digest and note.opened > earliest:
                    opened, ends = note.opened * 10**6, (note.opened + LIFE_SECONDS) * 10**6
                    found.append(Session(id.decode(), digest, shown(opened), shown(ends), note.peer))
        return found

    def close(self, secret: str) -> None:
        """End a session at once."""
        digest = self.digest_of(secret, prolong=False)
        if digest is not None:
            self.end(digest, id_of(secret))

    def end(self, key_digest: str, id: str) -> None:
        """End a session of this key at once, by its id."""
        self._connection.guard(
            lambda: (
                self._connection.redis.pipeline(transaction=True)
                .delete(_name(id))
                .zrem(_list_name(key_digest), id)
                .execute()
            )
        )

    def _now(self) -> int:
        return now_us(self._connection) // 10**6


def id_of(secret: str) -> str:
    """What a session is called, and kept under: its secret does not follow from it."""
    return sha256(secret.encode()).hexdigest()


def _read(text: bytes | None) -> _Note | None:
    """What is kept; None where there is nothing, or what another version wrote."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=_Note)
    except msgspec.MsgspecError:
        return None


def _name(id: str) -> str:
    return f"{PREFIX}:session:{id}"


def _list_name(key_digest: str) -> str:
    return f"{PREFIX}:sessions:{key_digest}"
