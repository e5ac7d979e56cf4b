"""`longshore keys [create|list|revoke|log]`: on the ledger itself, since without a key the API is closed."""

import getpass
import logging
import os
import socket
from contextlib import closing
from typing import Annotated

import typer
from msgspec.structs import asdict

from longshore.errors import LongshoreError
from longshore.logging import configure_logging
from longshore_cli.direct import open_ledger
from longshore_cli.display import print_json, print_line, print_note, print_rows
from longshore_cli.options import Json, LedgerUrl
from longshore_cli.targets import settings_for
from longshore_cli.verbs import verbs_app
from longshore_ledger.keys import Role

app = verbs_app("Create, list and revoke API keys, and show who did. Without a command: list.")

Name = Annotated[str, typer.Argument(help="Name of the key in lists and logs.")]


class KeyNameTaken(LongshoreError):
    """The name is taken.

    {reason}
    """


class NoSuchKey(LongshoreError):
    """There is no such key.

    No key is named {name}; `longshore keys list` shows those there are.
    """


@app.command()
def create(
    *,
    name: Name,
    role: Annotated[
        Role,
        typer.Option(
            help="What the key may do: a viewer reads, a submitter also submits, an operator also "
            "cancels, retries and pauses, an admin does everything."
        ),
    ],
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """Create a key. It is shown only this once."""
    with closing(open_ledger(ledger)) as opened:
        try:
            secret = opened.keys.create(name, role, by=_me())
        except ValueError as error:
            raise KeyNameTaken(reason=str(error)) from error
    _record("key created", key=name, role=role.value)
    if json:
        print_json({"name": name, "role": role, "key": secret})
        return
    print_line(secret)
    print_note("Keep it now: it is not shown again. Use it as LONGSHORE_KEY.")


@app.command("list")
def list_keys(*, ledger: LedgerUrl = None, json: Json = False) -> None:
    """List the names of keys, each with the number of its unfinished tasks."""
    with closing(open_ledger(ledger)) as opened:
        keys = opened.keys.list()
        unfinished = opened.keys.unfinished([key.name for key in keys])
    if json:
        print_json([{**asdict(key), "unfinished": unfinished[key.name]} for key in keys])
        return
    print_rows(
        ["name", "role", "created", "unfinished"],
        [[key.name, key.role.value, key.created_at, unfinished[key.name]] for key in keys],
        empty="There are no keys. `longshore keys create NAME --role ROLE` makes one.",
    )


@app.command()
def revoke(*, name: Name, ledger: LedgerUrl = None, json: Json = False) -> None:
    """Revoke a key. From now on it is refused."""
    with closing(open_ledger(ledger)) as opened:
        if not opened.keys.revoke(name, by=_me()):
            raise NoSuchKey(name=name)
    _record("key revoked", key=name)
    if json:
        print_json({"revoked": name})
    else:
        print_line(f"{name}  revoked")


@app.command()
def log(*, ledger: LedgerUrl = None, json: Json = False) -> None:
    """Show which keys were created and revoked, when and by whom: the last thousand, newest first."""
    with closing(open_ledger(ledger)) as opened:
        entries = opened.keys.log()
    if json:
        print_json(entries)
        return
    print_rows(
        ["at", "what", "name", "role", "by"],
        [[entry.at, entry.what, entry.name, entry.role, entry.by] for entry in entries],
        empty="No keys have been created or revoked yet.",
    )


def _record(event: str, **fields: str) -> None:
    """Log to stderr who did what to which key; never the key itself."""
    configure_logging("keys", settings_for().log_format)
    logging.getLogger(__name__).info(event, extra=fields | {"by": _me()})


def _me() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # A container's user often has no name.
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
