"""Sessions of browsers: whose they are, how long, and that nobody can read them out of the ledger."""

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from longshore.ledger.sessions import IDLE_SECONDS


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
    assert ledger.connection.redis.get(_name(ledger)) == b"digest"


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
