"""API keys: what they allow, and that nobody can read them out of the ledger."""

import pytest

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from longshore.ledger.keys import Role


def test_a_key_is_known_by_its_secret(ledger: Ledger) -> None:
    # Given
    before = ledger.keys.any()

    # When
    secret = ledger.keys.create("ann", Role.OPERATOR)

    # Then
    key = ledger.keys.verify(secret)
    assert key is not None
    assert (key.name, key.role, key.created_at) == ("ann", Role.OPERATOR, "2026-11-21T08:00:00.000Z")
    assert (before, ledger.keys.any()) == (False, True)
    assert ledger.keys.verify("lsk_wrong") is None


def test_the_secret_itself_is_not_kept(ledger: Ledger) -> None:
    # When
    secret = ledger.keys.create("ann", Role.ADMIN)

    # Then
    server = ledger.connection.redis
    kept = server.hgetall(f"{PREFIX}:keys"), server.hgetall(f"{PREFIX}:secrets")
    assert secret not in repr(kept)
    assert secret.removeprefix("lsk_") not in repr(kept)


def test_a_name_is_given_once(ledger: Ledger) -> None:
    # Given
    secret = ledger.keys.create("ann", Role.VIEWER)

    # When
    with pytest.raises(ValueError, match="there is a key named 'ann' already"):
        ledger.keys.create("ann", Role.ADMIN)

    # Then
    key = ledger.keys.verify(secret)
    assert key is not None
    assert key.role is Role.VIEWER


def test_a_revoked_key_is_worth_nothing(ledger: Ledger) -> None:
    # Given
    secret = ledger.keys.create("ann", Role.ADMIN)
    ledger.keys.create("bob", Role.VIEWER)

    # When
    answers = ledger.keys.revoke("ann"), ledger.keys.revoke("ann")

    # Then
    assert answers == (True, False)
    assert ledger.keys.verify(secret) is None
    assert [key.name for key in ledger.keys.list()] == ["bob"]


def test_a_key_half_revoked_is_worth_nothing(ledger: Ledger) -> None:
    # Given a process that died between the two steps of creating or revoking
    secret = ledger.keys.create("ann", Role.ADMIN)
    ledger.connection.redis.hdel(f"{PREFIX}:keys", "ann")

    # Then
    assert ledger.keys.verify(secret) is None


def test_keys_are_listed_by_name(ledger: Ledger) -> None:
    # Given
    for name in ("zoe", "ann"):
        ledger.keys.create(name, Role.SUBMITTER)

    # Then
    assert [key.name for key in ledger.keys.list()] == ["ann", "zoe"]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_allows_what_those_below_it_may(role: Role) -> None:
    # Then
    allowed = [needed for needed in Role if role.allows(needed)]
    assert allowed == list(Role)[: list(Role).index(role) + 1]
