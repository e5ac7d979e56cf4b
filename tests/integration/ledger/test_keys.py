"""API keys: what they allow, and that nobody can read them out of the ledger."""

import pytest

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.keys import KeyEvent, Role
from tests.integration.ledger.clock import Clock


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


def test_a_key_asked_for_again_after_a_lost_answer_is_the_same(ledger: Ledger) -> None:
    # Given
    note = '{"name": "ann", "role": "viewer", "created_at": "", "digest": "d"}'

    # When
    answers = [ledger.connection.run("key_create", "ann", digest, note, "me") for digest in ("d", "d", "e")]

    # Then
    assert answers == [1, 1, 0]
    assert ledger.connection.redis.hkeys(f"{PREFIX}:secrets") == [b"d"]
    assert [action.by for action in ledger.keys.log()] == ["me"]


def test_a_revoked_key_is_worth_nothing(ledger: Ledger) -> None:
    # Given
    secret = ledger.keys.create("ann", Role.ADMIN)
    ledger.keys.create("bob", Role.VIEWER)

    # When
    answers = ledger.keys.revoke("ann"), ledger.keys.revoke("ann")

    # Then
    assert answers == (True, False)
    assert ledger.keys.verify(secret) is None
    assert ledger.connection.redis.hlen(f"{PREFIX}:secrets") == 1
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


def test_who_created_and_revoked_keys_is_kept(ledger: Ledger, clock: Clock) -> None:
    # When
    secret = ledger.keys.create("ann", Role.OPERATOR, by="root@here")
    clock.advance(1)
    ledger.keys.revoke("ann", by="eve@there")
    ledger.keys.revoke("ann", by="too late")

    # Then
    assert ledger.keys.log() == [
        KeyEvent("2026-11-21T08:00:01.000Z", "revoked", "ann", "operator", "eve@there"),
        KeyEvent("2026-11-21T08:00:00.000Z", "created", "ann", "operator", "root@here"),
    ]
    assert secret.removeprefix("lsk_") not in repr(ledger.connection.redis.xrange(f"{PREFIX}:keylog"))


def test_the_newest_thousand_deeds_are_kept(ledger: Ledger) -> None:
    # Given
    server = ledger.connection.redis.pipeline()
    for n in range(1000):
        server.xadd(f"{PREFIX}:keylog", {"at": 0, "what": "created", "name": n, "role": "viewer", "by": ""})
    server.execute()

    # When
    ledger.keys.create("ann", Role.VIEWER)

    # Then
    names = [action.name for action in ledger.keys.log()]
    assert (len(names), names[0], names[-1]) == (1000, "ann", "1")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_allows_what_those_below_it_may(role: Role) -> None:
    # Then
    allowed = [needed for needed in Role if role.allows(needed)]
    assert allowed == list(Role)[: list(Role).index(role) + 1]
