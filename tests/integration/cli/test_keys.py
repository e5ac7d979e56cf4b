"""`longshore keys`, straight on the ledger."""

import json
import socket

from longshore_ledger import Ledger
from longshore_ledger.records import Submitter
from tests.integration.ledger.actors import new_task

from .conftest import Longshore


def test_a_key_is_created_shown_once_listed_and_revoked(
    longshore: Longshore, ledger: Ledger, ledger_url: str
) -> None:
    # When
    created = longshore("keys", "create", "ci", "--role", "submitter", ledger=ledger_url)

    # Then its secret works, and lists do not show it
    key = ledger.keys.verify(created.out.strip())
    assert key is not None
    assert (key.name, key.role) == ("ci", "submitter")
    listed = longshore("keys", "list", "--json", ledger=ledger_url)
    assert [one["name"] for one in listed.json] == ["ci"]
    assert created.out.strip() not in listed.out

    # And how much of what it submitted is unfinished
    ledger.intake.submit([new_task(id) for id in "ab"], Submitter("ci"))
    assert longshore("keys", "list", "--json", ledger=ledger_url).json[0]["unfinished"] == 2
    assert longshore("keys", "list", ledger=ledger_url).out.splitlines()[1].endswith("\t2")

    # When
    revoked = longshore("keys", "revoke", "ci", ledger=ledger_url)

    # Then
    assert revoked.status == 0
    assert ledger.keys.verify(created.out.strip()) is None

    # And both are logged: what, by whom, and not the key
    logs = [json.loads(said.err.splitlines()[0]) for said in (created, revoked)]
    assert [(log["event"], log["key"]) for log in logs] == [("key created", "ci"), ("key revoked", "ci")]
    assert logs[0]["role"] == "submitter"
    assert all(socket.gethostname() in log["by"] for log in logs)
    assert created.out.strip() not in created.err + revoked.err

    # And the ledger keeps it
    kept = longshore("keys", "log", "--json", ledger=ledger_url).json
    entries = [(entry["what"], entry["name"], entry["role"], entry["by"]) for entry in kept]
    by = logs[0]["by"]
    assert entries == [("revoked", "ci", "submitter", by), ("created", "ci", "submitter", by)]
    rows = longshore("keys", "log", ledger=ledger_url).out.splitlines()
    assert rows[0].split("\t") == ["at", "what", "name", "role", "by"]
    assert [row.split("\t")[1:3] for row in rows[1:]] == [["revoked", "ci"], ["created", "ci"]]


def test_a_name_that_is_taken_and_one_that_is_not_there_are_refused(
    longshore: Longshore, ledger: Ledger, ledger_url: str
) -> None:
    ledger.keys.create("ci", "viewer")  # type: ignore[arg-type]

    taken = longshore("keys", "create", "ci", "--role", "viewer", ledger=ledger_url)
    unknown = longshore("keys", "revoke", "nobody", ledger=ledger_url)

    assert (taken.status, unknown.status) == (1, 1)
    assert "revoke it first" in taken.err
    assert "longshore keys list" in unknown.err
