"""The catalogue: what workers publish outlives them."""

import msgspec
import pytest

from longshore.catalogue import TaskSpec
from longshore.errors import UnreadableSpec
from longshore_ledger import Ledger
from longshore_ledger.catalogue import Publication
from tests.integration.ledger.clock import Clock


def _spec(name: str, summary: str = "") -> TaskSpec:
    return TaskSpec(name=name, queue=name, summary=summary, schema={"type": "object"}, parameters=("a",))


def test_what_was_published_is_read(ledger: Ledger, ledger_url: str) -> None:
    # Given
    empty = ledger.catalogue.read()

    # When
    ledger.catalogue.publish([_spec("add"), _spec("sub")])
    ledger.catalogue.publish([])

    # Then by others too
    assert empty == {}
    assert set(ledger.catalogue.read()) == {"add", "sub"}
    other = Ledger.open(ledger_url)
    assert other.catalogue.read()["add"] == ledger.catalogue.read()["add"]
    assert ledger.catalogue.read()["add"].updated_at == "2026-11-21T08:00:00.000Z"
    other.close()


def test_the_newest_specification_wins(ledger: Ledger) -> None:
    # Given
    ledger.catalogue.publish([_spec("add", "old")])

    # When
    ledger.catalogue.publish([_spec("add", "new")])

    # Then
    assert ledger.catalogue.read()["add"].summary == "new"


def test_what_has_not_changed_stays_the_same_object(ledger: Ledger, clock: Clock) -> None:
    # Given what others compile once
    ledger.catalogue.publish([_spec("add"), _spec("sub")])
    before = ledger.catalogue.read()
    clock.advance(60)

    # When
    ledger.catalogue.publish([_spec("add", "new"), _spec("sub")])
    after = ledger.catalogue.read()

    # Then
    assert after["sub"] is before["sub"]
    assert after["add"].updated_at == "2026-11-21T08:01:00.000Z"
    assert after["add"] is not before["add"]
    assert ledger.catalogue.read() is after


def test_an_older_definition_that_is_published_again_changes_nothing(ledger: Ledger, ledger_url: str) -> None:
    # Given a release, and a newer one beside it
    older, newer = _spec("add", "old"), _spec("add", "new")
    assert ledger.catalogue.publish([older]) == {"add": Publication.TAKEN}
    assert ledger.catalogue.publish([newer]) == {"add": Publication.TAKEN}

    # When the older one's workers publish as they do every few minutes, or start again
    again = Ledger.open(ledger_url)
    answers = [again.catalogue.publish([older])["add"], again.catalogue.publish([newer])["add"]]

    # Then
    assert answers == [Publication.OLDER, Publication.NEWEST]
    assert again.catalogue.read()["add"].summary == "new"
    again.close()


def test_a_release_can_be_rolled_back_on_purpose(ledger: Ledger) -> None:
    # Given
    older, newer = _spec("add", "old"), _spec("add", "new")
    ledger.catalogue.publish([older])
    ledger.catalogue.publish([newer])

    # When
    ledger.catalogue.publish([older], newest=True)

    # Then the workers that are not rolled back yet are the older ones
    assert ledger.catalogue.publish([newer]) == {"add": Publication.OLDER}
    assert ledger.catalogue.publish([older]) == {"add": Publication.NEWEST}
    assert ledger.catalogue.read()["add"].summary == "old"


def test_the_version_changes_with_the_catalogue_alone(ledger: Ledger) -> None:
    # Given
    versions = [ledger.catalogue.version()]

    # When
    for spec in (_spec("add", "old"), _spec("add", "old"), _spec("add", "new"), _spec("add", "old")):
        ledger.catalogue.publish([spec])
        versions.append(ledger.catalogue.version())

    # Then
    assert versions == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "damage",
    [
        b'{"name":"add","queue":"add","schema":{},"parameters":[],"retries":true}',
        b'{"name":"add","queue":"add","schema":{},"parameters":[],"retries":0.5}',
        b'{"name":"add","queue":"add","schema":{},"parameters":[],"backoff":null}',
        b'{"name":"add","queue":"add","schema":{},"parameters":[],"timeout":"3"}',
        b'{"name":"add","queue":"a b","schema":{},"parameters":[]}',
        b'{"name":"add","queue":"add","schema":{"type":"nothing"},"parameters":[]}',
        b'{"name":"sub","queue":"add","schema":{},"parameters":[]}',
        b"[" * 100_000,
        b"\xff",
        b"",
    ],
)
def test_a_definition_that_cannot_be_read_hides_itself_alone_until_a_good_one_comes(
    ledger: Ledger, damage: bytes
) -> None:
    # Given a damaged definition, where there was a good one that a newer one had superseded
    ledger.catalogue.publish([_spec("add", "good"), _spec("sub")])
    ledger.catalogue.publish([_spec("add", "later")])
    ledger.connection.redis.hset("{longshore}:catalogue", "add", damage)

    # When
    specs = ledger.catalogue.read()

    # Then
    assert set(specs) == {"sub"}
    assert specs.damaged["add"]
    with pytest.raises(UnreadableSpec, match="add in the catalogue cannot be read"):
        specs["add"]
    with pytest.raises(KeyError):
        specs["mul"]
    assert ledger.catalogue.publish([_spec("add", "good")]) == {"add": Publication.TAKEN}
    assert ledger.catalogue.read().damaged == {}


def test_a_definition_that_nobody_could_read_is_not_published(ledger: Ledger) -> None:
    # Given
    broken = msgspec.structs.replace(_spec("add"), backoff=float("inf"))

    # When
    with pytest.raises(UnreadableSpec, match="add"):
        ledger.catalogue.publish([_spec("sub"), broken])

    # Then nothing of it is
    assert ledger.catalogue.read() == {}


def test_what_an_earlier_longshore_wrote_is_read_and_replaced(ledger: Ledger) -> None:
    # Given a definition with its time in it, and nothing beside it
    text = msgspec.json.encode(msgspec.structs.replace(_spec("add"), updated_at="2026-01-01T00:00:00.000Z"))
    ledger.connection.redis.hset("{longshore}:catalogue", "add", text)
    before = ledger.catalogue.read()["add"].updated_at

    # When
    ledger.catalogue.publish([_spec("add")])

    # Then
    assert before == "2026-01-01T00:00:00.000Z"
    assert ledger.catalogue.read()["add"].updated_at == "2026-11-21T08:00:00.000Z"


def test_the_ledger_remembers_a_bounded_number_of_definitions(ledger: Ledger) -> None:
    # When
    for n in range(70):
        ledger.catalogue.publish([_spec("add", str(n))])

    # Then the newest of them; what was forgotten is new
    assert ledger.catalogue.publish([_spec("add", "10")]) == {"add": Publication.OLDER}
    assert ledger.catalogue.publish([_spec("add", "0")]) == {"add": Publication.TAKEN}


def test_a_definition_that_comes_again_is_remembered_once(ledger: Ledger) -> None:
    # Given
    ledger.catalogue.publish([_spec("add", "first")])

    # When two releases take turns
    for n in range(70):
        ledger.catalogue.publish([_spec("add", str(n % 2))], newest=True)

    # Then
    assert ledger.catalogue.publish([_spec("add", "first")]) == {"add": Publication.OLDER}


def test_a_damaged_definition_is_replaced_by_one_that_was_published_before(ledger: Ledger) -> None:
    # Given
    older, newest = _spec("add", "old"), _spec("add", "new")
    ledger.catalogue.publish([older])
    ledger.catalogue.publish([newest])

    # When
    taken = []
    for spec in (newest, older):
        ledger.connection.redis.hset("{longshore}:catalogue", "add", b"no JSON")
        taken.append(ledger.catalogue.publish([spec])["add"])

    # Then
    assert taken == [Publication.TAKEN, Publication.TAKEN]
    assert ledger.catalogue.read()["add"].summary == "old"


def test_damage_to_what_is_remembered_hinders_no_publication(ledger: Ledger) -> None:
    # Given
    ledger.catalogue.publish([_spec("add", "old")])

    # When
    taken = []
    for damage in (b"no JSON", b"7", b"{}", b'{"seen":7}'):
        ledger.connection.redis.hset("{longshore}:definitions", "add", damage)
        taken.append(ledger.catalogue.publish([_spec("add", "old")])["add"])

    # Then it is remembered anew
    assert taken == [Publication.TAKEN] * 4
    assert ledger.catalogue.publish([_spec("add", "old")]) == {"add": Publication.NEWEST}
