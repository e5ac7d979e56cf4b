"""API keys: who may do what. Only a digest of each is kept."""

import json
import re
import secrets
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from longshore.errors import NotReplicated
from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.times import now_us, rfc3339

_is_name: Final = re.compile(r"(?=.{1,100}\Z)[!-~]+(?: [!-~]+)*").fullmatch
_OTHERS: Final = frozenset({"admin", "anyone", "somebody"})
"""Who is recorded as having done something without a key of the ledger."""


class Role(StrEnum):
    """What a key allows; each role may do what those before it may."""

    VIEWER = "viewer"
    SUBMITTER = "submitter"
    OPERATOR = "operator"
    ADMIN = "admin"

    def allows(self, needed: "Role") -> bool:
        """Whether this role is `needed` or above it."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Key(msgspec.Struct, frozen=True):
    """A key without its secret."""

    name: str
    role: Role
    created_at: str


class KeyEvent(msgspec.Struct, frozen=True):
    """A key was created or revoked."""

    at: str
    what: str
    """`created` or `revoked`."""
    name: str
    role: str
    by: str


class Keys:
    """Creates, checks and revokes API keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, role: Role, by: str = "somebody") -> str:
        """Make a key; returns its secret, shown this once. `by` is who does it, for `log`.

        Raises ValueError where `name` is taken, or would be mistaken for somebody else's in a log.
        """
        if not _is_name(name) or name in _OTHERS:
            raise ValueError(
                f"{name!r} is no name for a key: 1 to 100 printable characters, with none but single spaces"
                f" between, and none of {', '.join(sorted(_OTHERS))}, which stand for others"
            )
        secret = f"lsk_{secrets.token_urlsafe(32)}"
        note = {
            "name": name,
            "role": role,
            "created_at": rfc3339(now_us(self._connection)),
            "digest": digest_of(secret),
        }
        call = ("key_create", [name, digest_of(secret), json.dumps(note), by])
        try:
            (made,) = self._connection.run_all([call], durable=True)
        except NotReplicated:
            self._connection.run("key_revoke", name, by)  # its secret is shown to nobody
            raise
        if not made:
            raise ValueError(f"there is a key named {name!r} already; revoke it first or choose another name")
        return secret

    def log(self) -> list[KeyEvent]:
        """Which keys were created and revoked, the newest first; the newest thousand of it are kept."""
        found = self._connection.guard(lambda: self._connection.redis.xrevrange(f"{PREFIX}:keylog"))
        return [_event(fields) for _, fields in found]

    def list(self) -> list[Key]:
        """All keys, by name."""
        notes = self._connection.guard(lambda: self._connection.redis.hvals(f"{PREFIX}:keys"))
        return sorted((msgspec.json.decode(note, type=Key) for note in notes), key=lambda key: key.name)

    def unfinished(self, names: Sequence[str]) -> dict[str, int]:
        """How many of the tasks that each of these keys submitted have not ended."""
        if not names:
            return {}
        found = self._connection.guard(
            lambda: self._connection.redis.hmget(f"{PREFIX}:unfinished", list(names))
        )
        return {name: int(count or 0) for name, count in zip(names, found, strict=True)}

    def revoke(self, name: str, by: str = "somebody") -> bool:
        """Make a key worthless at once; False where there is none of that name. `by` is who does it."""
        return int(self._connection.run("key_revoke", name, by, durable=True)) == 1

    def verify(self, secret: str) -> Key | None:
        """The key that has this secret, or None."""
        return self.find(digest_of(secret))

    def find(self, digest: str) -> Key | None:
        """The key whose secret has this digest, or None."""
        name = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:secrets", digest))
        if name is None:
            return None
        note = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:keys", name.decode()))
        return None if note is None else msgspec.json.decode(note, type=Key)

    def names(self) -> dict[str, str]:
        """The names of all keys, by the digests of their secrets."""
        found = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:secrets"))
        return {digest.decode(): name.decode() for digest, name in found.items()}

    def any(self) -> bool:
        """Whether there is a key at all."""
        return bool(self._connection.guard(lambda: self._connection.redis.hlen(f"{PREFIX}:keys")))


def _event(fields: dict[bytes, bytes]) -> KeyEvent:
    given = {name.decode(): value.decode() for name, value in fields.items()}
    return KeyEvent(**given | {"at": rfc3339(int(given["at"]))})


def digest_of(secret: str) -> str:
    """What is kept of a key's secret. A plain digest will do: the secret has 256 random bits."""
    return sha256(secret.encode()).hexdigest()
