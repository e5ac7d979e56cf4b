"""Where an event's id lies: whether what came after it can still be read."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.events import Place, position
from tests.integration.ledger.actors import Harness


def test_what_came_after_a_kept_event_is_all_there(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", "b", "c")
    first, _, last = ledger.events.read("0")

    # When / Then
    assert [ledger.events.place(event.id) for event in (first, last)] == [Place.KEPT, Place.KEPT]
    assert ledger.events.place("0") is Place.KEPT


def test_what_came_after_a_forgotten_event_may_be_lost(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", "b", "c")
    first, second, _ = ledger.events.read("0")

    # When the oldest are forgotten
    ledger.connection.redis.xtrim(f"{PREFIX}:events", maxlen=2, approximate=False)

    # Then
    assert ledger.events.place(first.id) is Place.TRIMMED
    assert ledger.events.place("0-0") is Place.TRIMMED
    assert ledger.events.place(second.id) is Place.KEPT


def test_a_ledger_that_was_wiped_knows_no_id_of_before(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", "b")
    first, last = ledger.events.read("0")

    # When
    ledger.connection.redis.delete(f"{PREFIX}:events")

    # Then
    assert ledger.events.place(last.id) is Place.BEYOND
    assert ledger.events.place("0-0") is Place.KEPT

    # When it has come on since
    harness.submit("c")

    # Then
    assert ledger.events.place(first.id) is Place.TRIMMED


def test_what_lies_between_two_events_is_read_without_the_first_and_with_the_last(
    harness: Harness, ledger: Ledger
) -> None:
    # Given
    harness.submit("a", "b", "c", "d")
    first, second, third, _ = ledger.events.read("0")

    # When / Then
    assert ledger.events.between(first.id, third.id) == [second, third]
    assert ledger.events.between("0-0", third.id, count=2) == [first, second]
    assert ledger.events.between(third.id, third.id) == []


def test_positions_compare_as_numbers() -> None:
    assert position("9-10") > position(b"9-9") > position("8-11")
    assert position("0") == position("0-0")
