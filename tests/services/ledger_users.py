"""The users that the parts of Longshore have on the tests' Redis, as on one in production."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import redis

if TYPE_CHECKING:
    from longshore_ledger.acl import LedgerUser

_PASSWORD = "of-the-tests"


@dataclass(frozen=True)
class LedgerUsers:
    """URLs of one ledger, a part each."""

    api: str
    scheduler: str
    worker: str
    doctor: str


@pytest.fixture(scope="session")
def ledger_users(redis_url: str) -> LedgerUsers:
    """The users, made on the shared Redis; they may read the tests' clock, too."""
    return make_users(redis_url)


def make_users(url: str) -> LedgerUsers:
    """Make the users of the table on the Redis that `url` is an administrator of."""
    from longshore_ledger import acl  # not before coverage is measured

    with redis.Redis.from_url(url) as server:
        for user in acl.USERS:
            words = ("on", "resetpass", f">{_PASSWORD}", *user.rules(), "%R~{longshore}:test-clock")
            server.execute_command("ACL SETUSER", user.name, *words)
    of = {user.name: _as(url, user) for user in acl.USERS}
    return LedgerUsers(
        api=of[acl.API.name],
        scheduler=of[acl.SCHEDULER.name],
        worker=of[acl.WORKER.name],
        doctor=of[acl.DOCTOR.name],
    )


def _as(url: str, user: "LedgerUser") -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user.name}:{_PASSWORD}@{host}").geturl()
