"""Retention: what ended long ago is forgotten, what did not end never."""

from collections.abc import Callable, Iterator

import pytest

from longshore.settings import Settings
from longshore_ledger import Ledger
from longshore_ledger.records import Admission, Claimed, Verdict
from tests.integration.ledger import clock as clocks
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file
from tests.integration.ledger.soundness import problems

DAY = 86_400


@pytest.fixture
def keeping(ledger_url: str, clock: Clock) -> Iterator[Callable[..., Harness]]:
    """Opens the ledger with other settings of retention."""
    opened: list[Ledger] = []

    def open_(**settings: object) -> Harness:
        opened.append(Ledger.open(ledger_url, Settings(**settings), replaced={"clock": clocks.LUA}))  # type: ignore[arg-type]
        return Harness(opened[-1], clock)

    yield open_
    for ledger in opened:
        assert problems(ledger.connection) == []
        ledger.close()


def test_what_ended_a_week_ago_is_forgotten(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.finished("a", "b")
    harness.failed("c")
    harness.submit("d")
    ledger.control.cancel(["d"])
    clock.advance(7 * DAY + 1)
    harness.finished("young")

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 4
    assert ledger.views.tasks(["a", "b", "c", "d"]) == [None] * 4
    assert harness.state("young") == "SUCCESS"
    assert ledger.views.counts()["q"]["SUCCESS"] == 1


def test_what_was_accepted_long_ago_and_ended_lately_is_kept(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("old")
    clock.advance(8 * DAY)
    harness.deliver(worker)
    worker.succeed("old")

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 0
    assert harness.state("old") == "SUCCESS"


def test_what_has_not_ended_is_never_forgotten(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.started("started")
    harness.queued("queued")
    harness.submit("waiting")
    clock.advance(30 * DAY)

    # When
    forgotten = ledger.maintenance.retire()
    refused = ledger.connection.run("retire", "PENDING", "q", "add", clock.us, "0", clock.us, 500)

    # Then
    assert (forgotten, refused[0]) == (0, 0)
    assert [harness.state(id) for id in ("started", "queued", "waiting")] == ["STARTED", "QUEUED", "PENDING"]


def test_a_task_whose_copy_is_still_out_is_kept_until_it_comes(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    (copy,) = harness.queued("a")
    ledger.control.cancel(["a"])
    clock.advance(8 * DAY)

    # When
    first = ledger.maintenance.retire()
    verdict = worker.ask(copy)[0].verdict
    second = ledger.maintenance.retire()

    # Then its copy was not taken for an unknown one
    assert (first, verdict, second) == (0, Verdict.DROP, 1)


def test_a_forgotten_id_can_be_used_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    old = harness.started("a")
    worker.succeed("a")
    clock.advance(8 * DAY)
    ledger.maintenance.retire()

    # When
    admission = harness.submit("a", args=b"[5]", delay=10.0)

    # Then it is another task
    assert admission == [Admission.NEW]
    assert worker.ask(old)[0].verdict is Verdict.DROP
    assert worker.succeed("a") is False
    assert relay.claim() == []
    assert bytes(harness.task("a").args) == b"[5]"


def test_more_than_a_script_takes_are_forgotten_in_turns(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given
    ids = [f"t{n}" for n in range(1100)]
    harness.submit(*ids)
    ledger.control.cancel(ids)
    clock.advance(8 * DAY)

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 1100
    assert ledger.views.counts()["q"]["REVOKED"] == 0


def test_those_that_stay_do_not_stop_those_behind_them(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given six hundred accepted first and ended last
    ids = [f"t{n}" for n in range(600)]
    harness.submit(*ids)
    harness.submit("behind")
    ledger.control.cancel(["behind"])
    clock.advance(8 * DAY)
    ledger.control.cancel(ids)

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 1
    assert ledger.views.task("behind") is None


def test_beyond_the_number_kept_the_oldest_are_forgotten(keeping: Callable[..., Harness]) -> None:
    # Given
    harness = keeping(retention_count=3)
    harness.finished(*"abcd")
    harness.failed("e")
    harness.submit("waiting")
    harness.clock.advance(1)

    # When
    forgotten = harness.ledger.maintenance.retire(), harness.ledger.maintenance.retire()

    # Then
    assert forgotten == (2, 0)
    assert [id for id in "abcde" if harness.ledger.views.task(id)] == ["c", "d", "e"]
    assert harness.state("waiting") == "PENDING"


def test_the_number_kept_is_reached_over_several_cells(keeping: Callable[..., Harness]) -> None:
    # Given
    harness = keeping(retention_count=0)
    harness.finished(*"abc")
    harness.failed("d")
    harness.failed("e")
    harness.clock.advance(1)

    # When
    forgotten = harness.ledger.maintenance.retire()

    # Then
    assert forgotten == 5


def test_of_many_cells_the_oldest_are_forgotten_whatever_cell_is_largest(
    keeping: Callable[..., Harness],
) -> None:
    # Given
    harness = keeping(retention_count=6)
    harness.finished("old-1", "old-2", task="rare")
    harness.clock.advance(60)
    harness.finished(*"abcdef")
    harness.clock.advance(60)

    # When
    forgotten = harness.ledger.maintenance.retire()

    # Then
    assert forgotten == 2
    assert [id for id in ("old-1", "old-2", *"abcdef") if harness.ledger.views.task(id)] == list("abcdef")


def test_a_task_that_waited_for_long_is_as_young_as_its_end(keeping: Callable[..., Harness]) -> None:
    # Given one that waited for two days and ended a minute ago, and others that came and ended in between
    harness = keeping(retention_count=1)
    harness.submit("waited", delay=2.0 * DAY)
    harness.clock.advance(DAY)
    harness.finished("a", "b")
    harness.clock.advance(DAY + 1)
    harness.ledger.outbox.move_due()
    harness.deliver(harness.worker)
    harness.worker.succeed("waited")
    harness.clock.advance(60)

    # When
    harness.ledger.maintenance.retire()

    # Then
    assert [id for id in ("waited", "a", "b") if harness.ledger.views.task(id)] == ["waited"]


def test_batches_count_by_number_and_go_as_a_whole(keeping: Callable[..., Harness]) -> None:
    # Given room for four finished tasks and chunks; an old file of three, younger tasks, a file that still
    # runs
    harness = keeping(retention_count=4)
    run_file(harness.ledger, "old", ["1 1"] * 3, size=1)
    _finish_batch(harness, harness.relay.publish())
    harness.clock.advance(60)
    harness.finished("a", "b")
    harness.clock.advance(60)
    run_file(harness.ledger, "runs", ["1 1"] * 9, size=1)
    _finish_batch(harness, harness.relay.publish()[:8])
    harness.clock.advance(60)

    # When
    forgotten = harness.ledger.maintenance.retire()

    # Then what goes on is no part of the count
    assert forgotten == 3
    assert [batch.id for batch in harness.ledger.batches.page().items] == ["runs"]
    assert [harness.state(id) for id in "ab"] == ["SUCCESS", "SUCCESS"]


def test_a_task_that_is_called_part_is_forgotten_like_any_other(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given
    harness.finished("a", task="part")
    clock.advance(7 * DAY + 1)

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 1


def _finish_batch(harness: Harness, copies: list[Claimed]) -> None:
    for copy in copies:
        harness.worker.start(copy)
        harness.worker.finish_lines(copy.id, b"=2")
