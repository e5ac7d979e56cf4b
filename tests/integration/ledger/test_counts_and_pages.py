"""Counts, pages, queues, workers: what people see."""

from typing import Any

import pytest

from longshore.states import State
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.shapes import Task
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file


def _ids(tasks: list[Task]) -> str:
    return "".join(task.id for task in tasks)


def test_counts_are_by_queue_and_state(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.finished("a", "b")
    harness.failed("c")
    harness.started("d")
    harness.queued("e")
    harness.submit("f")
    harness.submit("g", queue="r", task="sub")

    # When
    counts = ledger.views.counts()

    # Then
    assert counts["q"] == {
        "SUCCESS": 2,
        "FAILURE": 1,
        "STARTED": 1,
        "QUEUED": 1,
        "PENDING": 1,
        "RETRY": 0,
        "REVOKED": 0,
    }
    assert sum(counts["r"].values()) == counts["r"][State.PENDING] == 1


def test_an_empty_ledger_counts_nothing(ledger: Ledger) -> None:
    # Then
    assert ledger.views.counts() == {}
    assert ledger.views.queues() == []
    assert ledger.views.workers() == []
    assert ledger.views.page().items == []
    assert ledger.views.states() == ({}, None)
    assert ledger.views.tasks([]) == []
    assert ledger.views.states_of([]) == []
    assert ledger.views.task("nobody") is None
    assert ledger.maintenance.retire() == 0
    assert ledger.maintenance.outstanding() == {}
    assert ledger.outbox.backlog() == {}


def test_chunks_are_counted_among_tasks(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a")
    run_file(ledger, "b", ["1 1"] * 3, size=1)

    # Then
    assert ledger.views.counts()["q"]["PENDING"] == 4
    assert [task.id for task in ledger.views.page().items] == ["b.2", "b.1", "b.0", "a"]
    assert ledger.maintenance.outstanding() == {"q": 0}


def test_pages_go_from_the_newest_to_the_oldest(harness: Harness, ledger: Ledger) -> None:
    # Given tasks in several cells
    harness.finished("a")
    harness.submit("b")
    harness.submit("c", queue="r")
    harness.finished("d")
    harness.submit("e", task="sub")

    # When
    pages = [ledger.views.page(limit=2)]
    while pages[-1].next:
        pages.append(ledger.views.page(cursor=pages[-1].next, limit=2))

    # Then
    assert [_ids(page.items) for page in pages] == ["ed", "cb", "a"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": "SUCCESS"}, "da"),
        ({"state": "PENDING"}, "ecb"),
        ({"queue": "r"}, "c"),
        ({"task": "sub"}, "e"),
        ({"queue": "q", "task": "add", "state": "PENDING"}, "b"),
        ({"queue": "nobody"}, ""),
    ],
)
def test_pages_are_filtered(harness: Harness, ledger: Ledger, filters: dict[str, Any], expected: str) -> None:
    # Given
    harness.finished("a", "d")
    harness.submit("b")
    harness.submit("c", queue="r")
    harness.submit("e", task="sub")

    # When
    page = ledger.views.page(**filters)

    # Then
    assert _ids(page.items) == expected


def test_the_chunks_of_a_batch_are_paged(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 5, size=1)
    worker.start(*relay.publish(limit=2))

    # When
    pages = [ledger.views.page(batch="b", limit=2)]
    while pages[-1].next:
        pages.append(ledger.views.page(batch="b", cursor=pages[-1].next, limit=2))

    # Then
    assert [[task.id for task in page.items] for page in pages] == [["b.4", "b.3"], ["b.2", "b.1"], ["b.0"]]
    assert [task.id for task in ledger.views.page(batch="b", state="STARTED").items] == ["b.1", "b.0"]
    assert ledger.views.page(batch="b", task="sub").items == []
    assert ledger.views.page(batch="b", task="add").items[0].batch == "b"
    assert ledger.views.page(batch="nobody").items == []


def test_states_are_paged_in_the_short_form(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.finished("a")
    harness.submit("b", "c")

    # When
    first, cursor = ledger.views.states(limit=2)
    second, end = ledger.views.states(cursor, limit=2)

    # Then
    assert (first, second, end) == ({"c": "PENDING", "b": "PENDING"}, {"a": "SUCCESS"}, None)
    assert ledger.views.states_of(["a", "nobody"]) == [State.SUCCESS, None]


def test_a_queue_shows_what_holds_it(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("old")
    clock.advance(1)
    harness.submit("new", "newer", delay=0.5)
    clock.advance(0.5)
    ledger.outbox.move_due()
    relay.publish(limit=1)
    worker.beat(queues=["q", "served only"])
    other.beat(queues=["q"])
    ledger.maintenance.record_broker({"q": {"ready": 1, "consumers": 2}})
    clock.advance(2.5)

    # When
    views = {view.name: view for view in ledger.views.queues()}

    # Then
    assert set(views) == {"q", "served only"}
    assert (views["q"].outstanding, views["q"].workers, views["q"].paused) == (1, 2, False)
    assert views["q"].oldest_at == "2026-11-21T08:00:01.500Z"
    assert views["q"].broker == {"ready": 1, "consumers": 2, "age": 2.5}
    assert views["q"].counts["PENDING"] == 2
    assert (views["served only"].oldest_at, views["served only"].broker) == (None, None)
    assert set(views["served only"].counts.values()) == {0}


def test_a_worker_shows_what_it_said_last(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a")
    worker.beat(host="here", queues=["q"])
    clock.advance(2)

    # When
    (alive,) = ledger.views.workers()
    clock.advance(2)
    (lost,) = ledger.views.workers()

    # Then
    assert (alive.id, alive.alive, lost.alive, alive.running) == ("worker01", True, False, 1)
    assert alive.info == {"host": "here", "queues": ["q"]}
    assert alive.beat_at == "2026-11-21T08:00:00.000Z"


def test_a_lost_worker_serves_nothing(harness: Harness, ledger: Ledger, worker: Worker, clock: Clock) -> None:
    # Given
    harness.submit("a")
    worker.beat(queues=["q"])

    # When
    clock.advance(4)

    # Then
    assert [view.workers for view in ledger.views.queues()] == [0]


def test_the_copies_that_live_workers_hold_are_added_up(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    Worker(ledger, "lost0001").beat(held={"q": 100})
    clock.advance(4)
    worker.beat(held={"q": 3, "r": 1})
    other.beat(held={"q": 2})
    Worker(ledger, "silent01").beat()

    # Then
    assert ledger.maintenance.held() == {"q": 5, "r": 1}


def test_a_page_is_five_hundred_at_the_most(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit(*(f"t{n}" for n in range(501)))

    # Then
    assert len(ledger.views.page(limit=10_000).items) == 500
    assert len(ledger.views.page(limit=0).items) == 1


def test_half_a_record_is_a_damaged_one(ledger: Ledger) -> None:
    # Given what no script leaves behind
    ledger.connection.redis.hset(f"{PREFIX}:t:half", "n", "add")

    # When
    half = ledger.views.task("half")

    # Then
    assert half is not None
    assert half.damaged == "field st is missing"
    ledger.connection.redis.delete(f"{PREFIX}:t:half")
