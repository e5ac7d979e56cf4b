"""Pages by time, and by a piece of an id."""

from typing import Any

import pytest

from longshore_ledger import Ledger
from longshore_ledger.pages import MOST_SCANNED
from longshore_ledger.shapes import Page
from tests.integration.ledger.actors import Harness, Relay, Worker, new_task
from tests.integration.ledger.clock import MORNING, Clock
from tests.integration.ledger.files import run_file

US = 1_000_000


def _id(seconds: float, number: int = 0) -> str:
    """A UUIDv7 made so many seconds after the tests' morning."""
    digits = f"{int((MORNING + seconds) * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{number:012x}"


def _ids(page: Page) -> list[str]:
    return [task.id for task in page.items]


def _all(ledger: Ledger, **filters: Any) -> list[Page]:
    pages = [ledger.views.page(**filters)]
    while pages[-1].next:
        pages.append(ledger.views.page(cursor=pages[-1].next, **filters))
    return pages


def _fill(ledger: Ledger, prefix: str, number: int, **more: object) -> None:
    for at in range(0, number, 500):
        ledger.intake.submit(
            [new_task(f"{prefix}{n}", **more) for n in range(at, min(at + 500, number))]  # type: ignore[arg-type]
        )


def test_a_page_holds_what_was_submitted_in_a_time(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given one task a second
    for n in range(5):
        harness.submit(f"t{n}", queue="r" if n == 2 else "q")
        clock.advance(1)
    begin = clock.us - 5 * US

    # When
    pages = _all(ledger, since=begin + US, until=begin + 4 * US, limit=2)

    # Then the first second belongs to it and the last does not, and nothing had to be scanned
    assert [_ids(page) for page in pages] == [["t3", "t2"], ["t1"]]
    assert {page.scanned for page in pages} == {0}
    assert _ids(ledger.views.page(since=begin + 4 * US)) == ["t4"]
    assert _ids(ledger.views.page(until=begin + US)) == ["t0"]
    assert _ids(ledger.views.page(since=begin, queue="r")) == ["t2"]
    assert ledger.views.page(since=begin + 2, until=begin + 1).items == []


def test_a_whole_id_is_found_without_a_scan(harness: Harness, ledger: Ledger) -> None:
    # Given
    id = _id(0)
    harness.submit(id, id + "-and-more")

    # Then however it is written
    for text in (id, id.upper(), id.replace("-", "")):
        page = ledger.views.page(id_text=text)
        assert (_ids(page), page.next, page.scanned) == ([id], None, 0)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "PENDING"}, True),
        ({"state": "SUCCESS"}, False),
        ({"queue": "q", "task": "add"}, True),
        ({"queue": "r"}, False),
        ({"task": "sub"}, False),
        ({"batch": "b"}, False),
        ({"since": MORNING * US}, True),
        ({"since": (MORNING + 60) * US}, False),
        ({"until": MORNING * US}, False),
    ],
)
def test_a_whole_id_is_filtered_too(
    harness: Harness, ledger: Ledger, filters: dict[str, Any], found: bool
) -> None:
    # Given
    harness.submit("a")

    # Then
    assert _ids(ledger.views.page(id_text="a", **filters)) == ["a"] * found


def test_ids_that_contain_a_text_are_found_from_the_newest_on(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given tasks in several cells
    harness.finished("nightly-1", "other-1")
    harness.submit("nightly-2", queue="r")
    harness.submit("Nightly-3", task="sub")
    harness.submit("other-2")

    # When
    pages = _all(ledger, id_text="nightly", limit=2)

    # Then
    assert [_ids(page) for page in pages[:2]] == [["Nightly-3", "nightly-2"], ["nightly-1"]]
    assert [page.scanned for page in pages[:2]] == [3, 2]
    assert _ids(ledger.views.page(id_text="nightly", state="SUCCESS")) == ["nightly-1"]
    assert _ids(ledger.views.page(id_text="nightly", queue="r")) == ["nightly-2"]
    assert ledger.views.page(id_text="nobody").items == []


def test_a_scan_stops_and_goes_on_behind(harness: Harness, ledger: Ledger) -> None:
    # Given one old task under more than a page looks at, in many cells
    harness.submit("needle")
    for n in range(30):
        harness.submit(f"other-{n}", queue=f"q{n}")
    _fill(ledger, "hay-", MOST_SCANNED)

    # When
    first, second = _all(ledger, id_text="eedl")

    # Then
    assert (first.items, first.scanned) == ([], MOST_SCANNED)
    assert (_ids(second), second.scanned) == (["needle"], 31)


def test_a_uuid7_is_found_at_once_among_very_many(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given a task that was recorded half a second after its id was made, thousands before it and after it
    _fill(ledger, "before-", MOST_SCANNED)
    clock.advance(60)
    made = _id(70)
    _fill(ledger, "meanwhile-", 100)
    clock.advance(0.5)
    harness.submit(made)
    clock.advance(60)
    _fill(ledger, "after-", MOST_SCANNED)

    # When
    pages = {text: ledger.views.page(id_text=text, limit=1) for text in (made[:8], made[:13], made[:-1])}

    # Then
    assert {text: _ids(page) for text, page in pages.items()} == {text: [made] for text in pages}
    assert all(page.scanned < MOST_SCANNED for page in pages.values())


def test_a_uuid7_of_a_clock_that_is_ahead_is_found_at_once(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given an id made five seconds after it was recorded, by another clock than the ledger's
    _fill(ledger, "before-", 3000)
    clock.advance(1)
    made = _id(clock.seconds - MORNING + 5)
    harness.submit(made)
    clock.advance(60)
    _fill(ledger, "after-", MOST_SCANNED)

    # When
    page = ledger.views.page(id_text=made[:-1])

    # Then
    assert _ids(page) == [made]


def test_a_search_around_a_time_sees_everything_once(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given ids that were made long before, about when, and long after they were recorded
    ids = [_id(100 + n % 7, n) for n in range(60)]
    for id in ids:
        harness.submit(id)
        clock.advance(4)

    # When
    pages = _all(ledger, id_text=ids[0][:8], limit=7)

    # Then
    found = [id for page in pages for id in _ids(page)]
    assert sorted(found) == sorted(ids)
    assert sum(page.scanned for page in pages) == 60
    since, until = (MORNING + 40) * US, (MORNING + 80) * US
    assert sum(len(page.items) for page in _all(ledger, id_text=ids[0][:8], since=since, until=until)) == 10


def test_the_chunks_of_a_file_are_found_by_its_id(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    id = _id(10)
    run_file(ledger, id, ["1 1"] * 3, size=1)

    # Then
    assert _ids(ledger.views.page(id_text=id)) == [f"{id}.{n}" for n in (2, 1, 0)]
    assert _ids(ledger.views.page(id_text=id[:-4])) == [f"{id}.{n}" for n in (2, 1, 0)]
    assert _ids(ledger.views.page(id_text=f"{id}.1")) == [f"{id}.1"]


def test_filters_beside_a_batch_look_at_its_chunks_and_say_so(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a batch of which some chunks run, the first ones
    run_file(ledger, "b", ["1 1"] * 600, size=1)
    worker.start(*relay.publish(limit=3))

    # When
    pages = _all(ledger, batch="b", state="STARTED", limit=2)

    # Then none is dropped
    assert [_ids(page) for page in pages] == [["b.2", "b.1"], ["b.0"]]
    assert [page.scanned for page in pages] == [599, 1]
    assert ledger.views.page(batch="b").scanned == 0
    assert _ids(ledger.views.page(batch="b", id_text=".59", limit=3)) == ["b.599", "b.598", "b.597"]
    assert ledger.views.page(batch="b", queue="r").items == []
    assert len(ledger.views.page(batch="b", since=(MORNING - 60) * US).items) == 100


def test_a_scan_of_a_batch_stops_and_goes_on_behind(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * (MOST_SCANNED + 100), size=1)
    worker.start(*relay.publish(limit=1))

    # When
    first, second = _all(ledger, batch="b", state="STARTED")

    # Then
    assert (first.items, first.scanned, first.next) == ([], MOST_SCANNED, "100")
    assert (_ids(second), second.scanned, second.next) == (["b.0"], 100, None)


def test_a_cursor_of_another_search_does_no_harm(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", "b")
    stamp = ledger.views.page(limit=1).next

    # Then
    assert _ids(ledger.views.page(cursor=f"{stamp}-{stamp}")) == ["a"]
    assert _ids(ledger.views.page(id_text="A-", cursor=stamp)) == []
    assert _ids(ledger.views.page(batch="nobody", cursor=f"{stamp}-1")) == []
