"""Retention: what ended long ago is forgotten, what did not end never."""

from collections.abc import Callable, Iterator

import pytest

from longshore.ledger import Ledger
from longshore.ledger.records import Admission, Claimed, Verdict
from longshore.settings import Settings
from tests.integration.ledger import clock as clocks
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file
from tests.integration.ledger.soundness import problems

DAY = 86_400


@pytest.fixture
def keeping(ledger_url: str, clock: Clock) -> Iterator[Callable[..., Harbour]]:
    """Opens the ledger with other settings of retention."""
    opened: list[Ledger] = []

    def open_(**settings: object) -> Harbour:
        opened.append(Ledger.open(ledger_url, Settings(**settings), replaced={"clock": clocks.LUA}))  # type: ignore[arg-type]
        return Harbour(opened[-1], clock)

    yield open_
    for ledger in opened:
        assert problems(ledger.connection.redis) == []
        ledger.close()


def test_what_ended_a_week_ago_is_forgotten(
    harbour: Harbour, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harbour.finished("a", "b")
    harbour.failed("c")
    harbour.submit("d")
    ledger.control.cancel(["d"])
    clock.advance(7 * DAY + 1)
    harbour.finished("young")

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 4
    assert ledger.views.tasks(["a", "b", "c", "d"]) == [None] * 4
    assert harbour.state("young") == "SUCCESS"
    assert ledger.views.counts()["q"]["SUCCESS"] == 1


def test_what_was_accepted_long_ago_and_ended_lately_is_kept(
    harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harbour.submit("old")
    clock.advance(8 * DAY)
    harbour.deliver(worker)
    worker.succeed("old")

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 0
    assert harbour.state("old") == "SUCCESS"


def test_what_has_not_ended_is_never_forgotten(
    harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harbour.started("started")
    harbour.queued("queued")
    harbour.submit("waiting")
    clock.advance(30 * DAY)

    # When
    forgotten = ledger.upkeep.retire()
    refused = ledger.connection.run("retire", "PENDING", "q", "add", clock.us, "0", 500)

    # Then
    assert (forgotten, refused[0]) == (0, 0)
    assert [harbour.state(id) for id in ("started", "queued", "waiting")] == ["STARTED", "QUEUED", "PENDING"]


def test_a_task_whose_copy_is_still_out_is_kept_until_it_comes(
    harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    (copy,) = harbour.queued("a")
    ledger.control.cancel(["a"])
    clock.advance(8 * DAY)

    # When
    first = ledger.upkeep.retire()
    verdict = worker.ask(copy)[0].verdict
    second = ledger.upkeep.retire()

    # Then its copy was not taken for an unknown one
    assert (first, verdict, second) == (0, Verdict.DROP, 1)


def test_a_forgotten_id_can_be_used_again(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    old = harbour.started("a")
    worker.succeed("a")
    clock.advance(8 * DAY)
    ledger.upkeep.retire()

    # When
    admission = harbour.submit("a", args=b"[5]", delay=10.0)

    # Then it is another task
    assert admission == [Admission.NEW]
    assert worker.ask(old)[0].verdict is Verdict.DROP
    assert worker.succeed("a") is False
    assert relay.claim() == []
    assert bytes(harbour.task("a").args) == b"[5]"


def test_more_than_a_script_takes_are_forgotten_in_turns(
    harbour: Harbour, ledger: Ledger, clock: Clock
) -> None:
    # Given
    ids = [f"t{n}" for n in range(1100)]
    harbour.submit(*ids)
    ledger.control.cancel(ids)
    clock.advance(8 * DAY)

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 1100
    assert ledger.views.counts()["q"]["REVOKED"] == 0


def test_those_that_stay_do_not_stop_those_behind_them(
    harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given six hundred accepted first and ended last
    ids = [f"t{n}" for n in range(600)]
    harbour.submit(*ids)
    harbour.submit("behind")
    ledger.control.cancel(["behind"])
    clock.advance(8 * DAY)
    ledger.control.cancel(ids)

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 1
    assert ledger.views.task("behind") is None


def test_beyond_the_number_kept_the_oldest_are_forgotten(keeping: Callable[..., Harbour]) -> None:
    # Given
    harbour = keeping(retention_count=3)
    harbour.finished(*"abcd")
    harbour.failed("e")
    harbour.submit("waiting")
    harbour.clock.advance(1)

    # When
    forgotten = harbour.ledger.upkeep.retire(), harbour.ledger.upkeep.retire()

    # Then
    assert forgotten == (2, 0)
    assert [id for id in "abcde" if harbour.ledger.views.task(id)] == ["c", "d", "e"]
    assert harbour.state("waiting") == "PENDING"


def test_the_number_kept_is_reached_over_several_cells(keeping: Callable[..., Harbour]) -> None:
    # Given
    harbour = keeping(retention_count=0)
    harbour.finished(*"abc")
    harbour.failed("d")
    harbour.failed("e")
    harbour.clock.advance(1)

    # When
    forgotten = harbour.ledger.upkeep.retire()

    # Then
    assert forgotten == 5


def test_parts_of_batches_do_not_count_among_the_tasks_kept(keeping: Callable[..., Harbour]) -> None:
    # Given
    harbour = keeping(retention_count=2)
    run_file(harbour.ledger, "b", ["1 1"] * 20, size=1)
    for copy in harbour.relay.publish():
        harbour.worker.start(copy)
        harbour.worker.finish_lines(copy.id, b"=2")
    harbour.finished("a", "c")
    harbour.clock.advance(1)

    # When
    forgotten = harbour.ledger.upkeep.retire()

    # Then
    assert forgotten == 0
    assert len(list(harbour.ledger.batches.output("b"))) == 20


def test_a_task_that_is_called_part_is_forgotten_like_any_other(
    harbour: Harbour, ledger: Ledger, clock: Clock
) -> None:
    # Given
    harbour.finished("a", task="part")
    clock.advance(7 * DAY + 1)

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 1


def _finish_batch(harbour: Harbour, copies: list[Claimed]) -> None:
    for copy in copies:
        harbour.worker.start(copy)
        harbour.worker.finish_lines(copy.id, b"=2")
