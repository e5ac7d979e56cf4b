"""API keys: who may do what. Only a digest of each is kept."""

import json
import secrets
from enum import StrEnum
from hashlib import sha256

import msgspec

from longshore.ledger.connection import PREFIX, Connection
from longshore.ledger.times import now_us, rfc3339


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


class Keys:
    """Creates, checks and revokes API keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, role: Role) -> str:
        """Make a key; returns its secret, shown this once. Raises ValueError where `name` is taken."""
        secret = f"lsk_{secrets.token_urlsafe(32)}"
        note = {
            "name": name,
            "role": role,
            "created_at": rfc3339(now_us(self._connection)),
            "digest": digest_of(secret),
        }
        if not self._connection.guard(
            lambda: self._connection.redis.hsetnx(f"{PREFIX}:keys", name, json.dumps(note))
        ):
            raise ValueError(f"there is a key named {name!r} already; revoke it first or choose another name")
        self._connection.guard(
            lambda: self._connection.redis.hset(f"{PREFIX}:secrets", digest_of(secret), name)
        )
        return secret

    def list(self) -> list[Key]:
        """All keys, by name."""
        notes = self._connection.guard(lambda: self._connection.redis.hvals(f"{PREFIX}:keys"))
        return sorted((msgspec.json.decode(note, type=Key) for note in notes), key=lambda key: key.name)

    def revoke(self, name: str) -> bool:
        """Make a key worthless at once; False where there is none of that name."""
        note = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:keys", name))
        if note is None:
            return False
        digest = json.loads(note)["digest"]
        self._connection.guard(lambda: self._connection.redis.hdel(f"{PREFIX}:secrets", digest))
        self._connection.guard(lambda: self._connection.redis.hdel(f"{PREFIX}:keys", name))
        return True

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

    def any(self) -> bool:
        """Whether there is a key at all."""
        return bool(self._connection.guard(lambda: self._connection.redis.hlen(f"{PREFIX}:keys")))


def digest_of(secret: str) -> str:
    """What is kept of a key's secret. A plain digest will do: the secret has 256 random bits."""
    return sha256(secret.encode()).hexdigest()
