"""What becomes of a copy whose task this worker does not know."""

import pytest

from longshore_ledger.shapes import WorkerView
from longshore_worker.dispatch.definitions import Lack
from longshore_worker.dispatch.deliveries import Copy, Inbox
from longshore_worker.dispatch.peers import Peers
from longshore_worker.dispatch.refusals import Refusals

OURS = "aaaaaaaa"
UNKNOWN = Lack("unknown task", None)


def _copy(id: str = "task-1") -> Copy:
    headers = {"id": id, "run": "run-1", "task": "novelty"}
    return Copy(Inbox.__new__(Inbox), 1, "work", False, headers, b"[[],{},{}]")


def _worker(
    id: str = "bbbbbbbb", *, alive: bool = True, queue: str = "work", task: str = "novelty"
) -> WorkerView:
    return WorkerView(id=id, alive=alive, beat_at="", running=0, info={"queues": [queue], "tasks": [task]})


@pytest.fixture
def peers() -> Peers:
    return Peers(OURS)


@pytest.fixture
def refusals(peers: Peers) -> Refusals:
    return Refusals(peers)


def test_a_task_that_nobody_knows_comes_back_later_each_time(refusals: Refusals) -> None:
    # Given nobody else

    # When the same task is refused again and again, and another one once
    delays = [refusals.refuse(_copy(), UNKNOWN).delay for _ in range(7)]
    other = refusals.refuse(_copy("task-2"), UNKNOWN)

    # Then it waits longer and longer, up to a bound, and at once makes room for those behind it
    assert delays == [1, 2, 4, 5, 5, 5, 5]
    assert other.delay == 1
    assert (other.id, other.run, other.token, other.why) == ("task-2", "run-1", "", "unknown task")
    assert refusals.restraint(_copy()) == 0


def test_a_task_that_another_worker_knows_is_left_to_it(refusals: Refusals, peers: Peers) -> None:
    # Given another worker that knows it, and several refusals from before that
    for _ in range(5):
        refusals.refuse(_copy(), UNKNOWN)
    peers.learn([_worker(OURS, task="old"), _worker()])

    # When it is refused

    # Then it is published again soon, and we hold back
    assert refusals.refuse(_copy(), UNKNOWN).delay < 1
    assert refusals.restraint(_copy()) >= 1


@pytest.mark.parametrize(
    "other",
    [_worker(alive=False), _worker(queue="elsewhere"), _worker(task="old"), _worker(OURS)],
    ids=["dead", "on another queue", "as old", "ourselves"],
)
def test_a_worker_that_cannot_run_it_is_none_to_leave_it_to(
    refusals: Refusals, peers: Peers, other: WorkerView
) -> None:
    # Given
    peers.learn([other])

    # Then
    assert refusals.refuse(_copy(), UNKNOWN).delay == 1
    assert refusals.restraint(_copy()) == 0


def test_others_are_of_interest_only_while_something_is_refused(refusals: Refusals, peers: Peers) -> None:
    # Given
    assert not peers.are_wanted

    # When
    refusals.refuse(_copy(), UNKNOWN)

    # Then
    assert peers.are_wanted


def test_a_copy_that_the_ledger_did_not_take_back_is_doubtful_once(refusals: Refusals) -> None:
    # Given
    copy = _copy()
    assert not refusals.is_doubtful(copy)

    # When
    refusals.doubt(copy)

    # Then
    assert [refusals.is_doubtful(copy), refusals.is_doubtful(copy)] == [True, False]
