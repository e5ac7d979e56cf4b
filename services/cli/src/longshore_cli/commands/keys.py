"""`longshore keys create|list|revoke`: straight on the ledger, since without a key the API is closed."""

from contextlib import closing
from typing import Annotated

import typer

from longshore.errors import LongshoreError
from longshore.ledger.keys import Role
from longshore_cli.direct import open_ledger
from longshore_cli.display import print_json, print_note, print_rows
from longshore_cli.options import Json, LedgerUrl, command_app

app = command_app(no_args_is_help=True, help="Create, list and revoke API keys.")

Name = Annotated[str, typer.Argument(help="What the key is called in lists and logs.")]


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
        typer.Option(help="viewer reads; submitter submits; operator cancels, retries and pauses; admin."),
    ],
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """Create a key. Its secret is shown this once."""
    with closing(open_ledger(ledger)) as opened:
        try:
            secret = opened.keys.create(name, role)
        except ValueError as error:
            raise KeyNameTaken(reason=str(error)) from error
    if json:
        print_json({"name": name, "role": role, "key": secret})
        return
    typer.echo(secret)
    print_note("Keep it now: it is not shown again. Use it as LONGSHORE_KEY.")


@app.command("list")
def list_keys(*, ledger: LedgerUrl = None, json: Json = False) -> None:
    """List keys, without their secrets."""
    with closing(open_ledger(ledger)) as opened:
        keys = opened.keys.list()
    if json:
        print_json(keys)
        return
    print_rows(
        ["name", "role", "created"],
        [[key.name, key.role.value, key.created_at] for key in keys],
        empty="There are no keys. `longshore keys create NAME --role ROLE` makes one.",
    )


@app.command()
def revoke(*, name: Name, ledger: LedgerUrl = None, json: Json = False) -> None:
    """Make a key worthless, at once."""
    with closing(open_ledger(ledger)) as opened:
        if not opened.keys.revoke(name):
            raise NoSuchKey(name=name)
    if json:
        print_json({"revoked": name})
    else:
        typer.echo(f"{name}  revoked")
