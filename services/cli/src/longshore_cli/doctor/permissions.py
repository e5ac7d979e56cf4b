"""A user of its own for Longshore on an existing RabbitMQ, with no more rights than it needs."""

import secrets
import shutil
import subprocess
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import httpx
from msgspec import Struct

from longshore.errors import LongshoreError

CONFIGURE: Final = r"^(?!amq\.).*$"
"""Queues are named by those who write tasks, so any name but the broker's own."""
READ: Final = r"^(?!amq\.).*$"
WRITE: Final = r"^(amq\.default|(.*\.)?(celeryev|celery\.pidbox)(\..*)?)$"
"""The default exchange carries the work; the others are what Flower and `celery inspect` speak through."""


class CannotSetUp(LongshoreError):
    """The broker could not be set up.

    {reason} Run the lines above on the broker's machine, as a user who may do that.
    """


class Account(Struct, frozen=True):
    """Who Longshore is to be on the broker."""

    user: str
    password: str
    vhost: str
    host: str
    """With its port."""

    @classmethod
    def of(cls, broker: str) -> "Account":
        """That of an amqp:// URL; a new one in place of `guest`, which works on the broker's machine only."""
        parts = urlsplit(broker.partition(";")[0])
        user = unquote(parts.username or "guest")
        host = f"{parts.hostname or '127.0.0.1'}:{parts.port or 5672}"
        if user == "guest":
            return cls("longshore", secrets.token_urlsafe(18), "longshore", host)
        vhost = unquote(parts.path.removeprefix("/")) or "/"
        return cls(user, unquote(parts.password or ""), vhost, host)

    @property
    def url(self) -> str:
        """What LONGSHORE_BROKER is to be."""
        password, vhost = quote(self.password, safe=""), quote(self.vhost, safe="")
        return f"amqp://{quote(self.user, safe='')}:{password}@{self.host}/{vhost}"

    def commands(self) -> list[list[str]]:
        """The rabbitmqctl commands that make it; the second reads the password, which `ps` must not show."""
        return [
            ["rabbitmqctl", "add_vhost", self.vhost],
            ["rabbitmqctl", "add_user", self.user],
            ["rabbitmqctl", "set_permissions", "-p", self.vhost, self.user, CONFIGURE, WRITE, READ],
        ]


def set_up(account: Account, management: str | None) -> str:
    """Make the account by the management API at `management`, else by rabbitmqctl. Raises CannotSetUp."""
    if management:
        _by_management(account, management)
    elif shutil.which("rabbitmqctl"):
        _by_rabbitmqctl(account)
    else:
        raise CannotSetUp(reason="There is no rabbitmqctl here and no --management URL was given.")
    return f"made user {account.user} and vhost {account.vhost}; now set LONGSHORE_BROKER={account.url}"


def _by_management(account: Account, management: str) -> None:
    parts = urlsplit(management)
    base = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}/api"
    login = (unquote(parts.username or "guest"), unquote(parts.password or "guest"))
    user, vhost = quote(account.user, safe=""), quote(account.vhost, safe="")
    rights = {"configure": CONFIGURE, "write": WRITE, "read": READ}
    puts: list[tuple[str, dict[str, Any]]] = [
        (f"/vhosts/{vhost}", {}),
        (f"/users/{user}", {"password": account.password, "tags": ""}),
        (f"/permissions/{vhost}/{user}", rights),
    ]
    with httpx.Client(auth=login, timeout=10.0) as http:
        for path, body in puts:
            try:
                http.put(base + path, json=body).raise_for_status()
            except httpx.HTTPError as error:
                raise CannotSetUp(reason=f"The management API says: {error}.") from error


def _by_rabbitmqctl(account: Account) -> None:
    for command in account.commands():
        done = subprocess.run(  # noqa: S603
            command, input=account.password + "\n", check=False, capture_output=True, text=True, timeout=60
        )
        # What is there already is as good as made.
        if done.returncode and "already_exists" not in done.stderr and "already exists" not in done.stderr:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise CannotSetUp(reason=f"{' '.join(command[:2])} says: {''.join(last)}.")
