"""The catalogue: what workers publish outlives them."""

from longshore.catalogue import TaskSpec
from longshore.ledger import Ledger
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
