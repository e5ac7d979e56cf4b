"""Sessions that somebody may see and end: those of their own key; an administrator, all."""

from flask import g
from msgspec import Struct

from longshore_api.auth import credentials
from longshore_api.context import api, caller
from longshore_ledger.keys import Role, digest_of
from longshore_ledger.sessions import id_of


class Session(Struct, frozen=True):
    """A browser's session, without its secret."""

    id: str
    key: str
    """Name of the key in whose name it was opened."""
    opened_at: str
    ends_at: str
    """When it is over at the latest; twelve hours without use end it before."""
    peer: str
    """Address that signed in; behind a proxy, the proxy's."""
    current: bool
    """The one that asks."""


class Sessions(Struct, frozen=True):
    """Sessions that are open."""

    items: list[Session]
    next: str | None = None


def open_sessions() -> list[Session]:
    """The sessions that who asks may see, those opened last first."""
    names, secret = key_names(), credentials.session()
    own = None if secret is None else id_of(secret)
    found = [
        Session(each.id, names[each.key], each.opened_at, each.ends_at, each.peer, each.id == own)
        for each in api().ledger.sessions.list(names)
    ]
    return sorted(found, key=lambda session: session.opened_at, reverse=True)


def key_names() -> dict[str, str]:
    """The keys whose sessions who asks may see and end: names by digest. None where no keys are asked for."""
    role: Role | None = g.get("role")
    if role is Role.ADMIN:
        names = api().ledger.keys.names()
        admin_key = api().settings.admin_key
        return names if admin_key is None else names | {digest_of(admin_key): credentials.ADMIN.name}
    digest = None if role is None else credentials.digest_of_request(api())
    return {} if digest is None else {digest: caller()}
