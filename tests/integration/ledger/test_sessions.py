"""Sessions of browsers: whose they are, how long, and that nobody can read them out of the ledger."""

import msgspec

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.sessions import IDLE_SECONDS, LIFE_SECONDS, MOST, id_of


def _name(ledger: Ledger) -> bytes:
    """Where the only session is kept."""
    (name,) = ledger.connection.redis.keys(f"{PREFIX}:session:*")
    return bytes(name)


def test_a_session_leads_to_its_key(ledger: Ledger) -> None:
    # When
    anns, bobs = ledger.sessions.open("digest of ann's"), ledger.sessions.open("digest of bob's")

    # Then
    assert ledger.sessions.digest_of(anns) == "digest of ann's"
    assert ledger.sessions.digest_of(bobs) == "digest of bob's"
    assert ledger.sessions.digest_of("made up") is None


def test_a_closed_session_leads_nowhere(ledger: Ledger) -> None:
    # Given
    kept, closed = ledger.sessions.open("a"), ledger.sessions.open("b")

    # When
    ledger.sessions.close(closed)
    ledger.sessions.close("made up")

    # Then
    assert ledger.sessions.digest_of(closed) is None
    assert ledger.sessions.digest_of(kept) == "a"


def test_the_secret_itself_is_not_kept(ledger: Ledger) -> None:
    # When
    secret = ledger.sessions.open("digest")

    # Then
    assert secret.encode() not in _name(ledger)
    assert b"digest" in ledger.connection.redis.get(_name(ledger))
    assert secret.encode() not in ledger.connection.redis.get(_name(ledger))


def test_a_session_ends_when_nobody_uses_it(ledger: Ledger) -> None:
    # When
    secret = ledger.sessions.open("digest")
    left = ledger.connection.redis.ttl(_name(ledger))
    ledger.connection.redis.expire(_name(ledger), 0)

    # Then
    assert IDLE_SECONDS - 60 < left <= IDLE_SECONDS
    assert ledger.sessions.digest_of(secret) is None


def test_use_prolongs_a_session_at_most_once_a_minute(ledger: Ledger) -> None:
    # Given
    secret, server = ledger.sessions.open("digest"), ledger.connection.redis

    # When it was used half a minute ago, and an hour ago
    left = []
    for ago in (30, 3600):
        server.expire(_name(ledger), IDLE_SECONDS - ago)
        ledger.sessions.digest_of(secret)
        left.append(server.ttl(_name(ledger)))

    # Then
    assert left[0] <= IDLE_SECONDS - 30
    assert left[1] > IDLE_SECONDS - 60


def test_a_session_ends_however_much_it_is_used(ledger: Ledger) -> None:
    # Given one that was opened almost a week ago, and one that was opened a week ago
    secrets, server = [ledger.sessions.open("digest") for _ in range(2)], ledger.connection.redis
    for secret, age in zip(secrets, (LIFE_SECONDS - 600, LIFE_SECONDS), strict=True):
        name = f"{PREFIX}:session:{id_of(secret)}"
        note = msgspec.json.decode(server.get(name))
        server.set(name, msgspec.json.encode(note | {"opened": note["opened"] - age}), ex=500)

    # When both are used
    found = [ledger.sessions.digest_of(secret) for secret in secrets]

    # Then the first is prolonged to its end and no further, the second is over
    assert found == ["digest", None]
    assert server.ttl(f"{PREFIX}:session:{id_of(secrets[0])}") <= 600
    assert [session.id for session in ledger.sessions.list(["digest"])] == [id_of(secrets[0])]


def test_the_sessions_of_a_key_are_listed_and_ended_by_their_ids(ledger: Ledger) -> None:
    # Given
    first, second = (ledger.sessions.open("ann", peer) for peer in ("10.0.0.1", "10.0.0.2"))
    bobs = ledger.sessions.open("bob")

    # When
    listed = ledger.sessions.list(["ann"])
    ledger.sessions.end("ann", id_of(first))
    ledger.sessions.end("ann", id_of(first))

    # Then
    assert {(session.id, session.peer) for session in listed} == {
        (id_of(first), "10.0.0.1"),
        (id_of(second), "10.0.0.2"),
    }
    assert all(session.opened_at < session.ends_at for session in listed)
    assert [session.id for session in ledger.sessions.list(["ann"])] == [id_of(second)]
    assert ledger.sessions.digest_of(first) is None
    assert ledger.sessions.digest_of(bobs) == "bob"


def test_a_key_has_so_many_sessions_and_no_more(ledger: Ledger) -> None:
    # Given
    for _ in range(MOST + 3):
        ledger.sessions.open("ann")

    # Then
    assert len(ledger.sessions.list(["ann"])) == MOST
    assert len(ledger.connection.redis.keys(f"{PREFIX}:session:*")) == MOST


def test_what_another_version_wrote_is_no_session(ledger: Ledger) -> None:
    # Given
    secret = ledger.sessions.open("digest")
    ledger.connection.redis.set(_name(ledger), "digest", ex=100)

    # Then
    assert ledger.sessions.digest_of(secret) is None
    assert ledger.sessions.list(["digest"]) == []
