"""Users of the ledger's server: may each part do what it has to, and nothing else?"""

import secrets
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import redis

from longshore.settings import Settings
from longshore_broker import is_embedded
from longshore_cli.doctor.finding import Finding, Result, Treatment, ok, warn
from longshore_ledger import Ledger
from longshore_ledger.acl import USERS, LedgerUser


def check_users(ledger: Ledger, settings: Settings) -> Iterator[Result]:
    """Whether the server has the users of `longshore_ledger.acl`, with the rights written there."""
    if is_embedded(settings.broker):
        yield ok("ledger", "one user for all parts: it is the broker, too, and this machine's own")
        return
    server = ledger.connection.redis
    try:
        me = str(server.acl_whoami())
        found = {user: server.acl_getuser(user.name) for user in USERS}
        missing = [user for user in USERS if not found[user]]
        differing = [
            user for user, rights in found.items() if rights and not _as_written(server, user, rights)
        ]
        default: Mapping[str, Any] = server.acl_getuser("default")
    except redis.ResponseError:  # not an administrator, or a managed server
        yield warn(
            "ledger",
            "the users of its server cannot be seen: ACL GETUSER is not allowed",
            "Run the doctor with the URL of the server's administrator to have them checked.",
        )
        return
    if missing or differing:
        text = (
            f"the server has no user {_names(missing)} (this is {me}): "
            "whoever has a worker's URL may do everything, make API keys as well"
            if missing
            else f"the users {_names(differing)} have other rights than this version needs"
        )
        yield _treatment(server, settings, text, missing, differing)
    else:
        yield ok("ledger", f"users {_names(USERS)} may do what they have to, and nothing else")
    yield _default(default)


def _treatment(
    server: Any, settings: Settings, text: str, missing: Sequence[LedgerUser], differing: Sequence[LedgerUser]
) -> Treatment:
    urls = {user: _url(settings.ledger, user, secrets.token_urlsafe(24)) for user in missing}
    commands = [_set_user(user, urls.get(user)) for user in (*missing, *differing)]
    lines = "\n".join(shlex.join(["redis-cli", *command]) for command in commands)
    advice = f"Give each part a user of its own (doctor --fix does), on the ledger's machine:\n{lines}"
    return Treatment(warn("ledger", text, advice + _told(urls)), partial(_make, server, commands, urls))


def _make(server: Any, commands: Sequence[Sequence[str]], urls: Mapping[LedgerUser, str]) -> str:
    for command in commands:
        server.execute_command(*command)
    return f"set their rights{_kept(server)}{_told(urls)}"


def _kept(server: Any) -> str:
    for save in (server.acl_save, server.config_rewrite):
        try:
            save()
        except redis.ResponseError:  # there is no file of users, or none of the configuration
            continue
        return ""
    return " until the server restarts; write them into its configuration, too"


def _default(rights: Mapping[str, Any]) -> Finding:
    if "on" in rights["flags"] and "nopass" in rights["flags"]:
        return warn(
            "ledger",
            "the server's user default may do everything and needs no password",
            "When all parts have users of their own: redis-cli ACL SETUSER default resetpass '>PASSWORD'",
        )
    return ok("ledger", f"user default {'needs a password' if 'on' in rights['flags'] else 'is off'}")


def _as_written(server: Any, user: LedgerUser, rights: Mapping[str, Any]) -> bool:
    """Whether a user of the server has the rights of the table: all of them and no others."""
    keys = {rule for rule in user.rules() if rule.startswith(("~", "%"))}
    return (
        "on" in rights["flags"]
        and set(rights["keys"]) == keys
        and _commands(server, rights) == set(user.commands)
        and not rights["selectors"]
    )


def _commands(server: Any, rights: Mapping[str, Any]) -> set[str]:
    """Commands that a user may give. Redis 7.0 tells them as categories, and what differs from these."""
    allowed = set[str]()
    for category in rights["categories"]:
        if category == "+@all":
            return {"all"}
        if category.startswith("+@"):
            allowed |= set(server.acl_cat(category[2:]))
    for rule in rights["commands"]:
        (allowed.add if rule.startswith("+") else allowed.discard)(rule[1:])
    return allowed


def _set_user(user: LedgerUser, url: str | None) -> list[str]:
    """The command that makes a user with the password of `url`, or gives one that is there other rights."""
    password = ["resetpass", f">{urlsplit(url).password}"] if url else []
    return ["ACL", "SETUSER", user.name, "on", *password, *user.rules()]


def _told(urls: Mapping[LedgerUser, str]) -> str:
    return "".join(f"\nLONGSHORE_LEDGER={url} is for {user.about}" for user, url in urls.items())


def _url(ledger: str, user: LedgerUser, password: str) -> str:
    parts = urlsplit(ledger)
    return parts._replace(netloc=f"{user.name}:{password}@{parts.netloc.rpartition('@')[2]}").geturl()


def _names(users: Iterable[LedgerUser]) -> str:
    return ", ".join(user.name for user in users)
