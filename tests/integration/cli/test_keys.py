"""`longshore keys`, straight on the ledger."""

from longshore.ledger import Ledger

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

    # When
    assert longshore("keys", "revoke", "ci", ledger=ledger_url).status == 0

    # Then
    assert ledger.keys.verify(created.out.strip()) is None


def test_a_name_that_is_taken_and_one_that_is_not_there_are_refused(
    longshore: Longshore, ledger: Ledger, ledger_url: str
) -> None:
    ledger.keys.create("ci", "viewer")  # type: ignore[arg-type]

    taken = longshore("keys", "create", "ci", "--role", "viewer", ledger=ledger_url)
    unknown = longshore("keys", "revoke", "nobody", ledger=ledger_url)

    assert (taken.status, unknown.status) == (1, 1)
    assert "revoke it first" in taken.err
    assert "longshore keys list" in unknown.err
