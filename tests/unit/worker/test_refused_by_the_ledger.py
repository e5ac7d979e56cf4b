"""What the ledger cannot take: it is sent again alone, later and later, and holds up nothing else."""

from collections.abc import Callable

import pytest

from longshore.errors import LedgerUnavailable
from longshore_ledger.runs import Committed
from longshore_worker.dispatch import commits, parking
from tests.services.waiting import Eventually
from tests.unit.worker.harness import Harness

AWAY = LedgerUnavailable(url="redis://nowhere", reason="refused")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "_FIRST", 0.01)
    monkeypatch.setattr(parking, "_PAUSE", 2.0)


def break_on(harness: Harness, id: str, of: str) -> list[int]:
    """Have scripts fail whenever `of` ("starts", "finishes") names `id`; returns what notes each failure."""
    commit, failures = harness.runs.commit, list[int]()

    def refuse(worker: str, **words: object) -> Committed:
        named = words.get(of) or []
        assert isinstance(named, list)
        if of in harness.broken and any(item.id == id for item in named):
            failures.append(len(named))
            raise ValueError("a script failed")
        return commit(worker, **words)  # type: ignore[arg-type]

    harness.broken = {of}
    harness.runs.commit = refuse  # type: ignore[method-assign]
    return failures


def flushed(harness: Harness, condition: Callable[[], object]) -> Callable[[], object]:
    """The condition, looked at after a flush like those that the hub makes."""

    def look() -> object:
        harness.dispatcher.flush()
        return condition()

    return look


def test_a_start_that_fails_is_asked_again_and_runs(eventually: Eventually) -> None:
    # Given
    harness = Harness(children=2)
    harness.learn("quick", 0.00001)
    copies = [harness.deliver() for _ in range(3)]
    failures = break_on(harness, copies[1].id, "starts")
    harness.dispatcher.flush()
    assert {ask.id for ask in harness.runs.asked} == {copies[0].id, copies[2].id}

    # When
    harness.broken.clear()

    # Then
    eventually(flushed(harness, lambda: copies[1].id in {ask.id for ask in harness.runs.asked}))
    assert failures == [3, 1]


def test_a_copy_that_can_never_be_started_gives_its_place_to_others(eventually: Eventually) -> None:
    # Given
    harness = Harness()
    copy = harness.deliver()
    failures = break_on(harness, copy.id, "starts")

    # When
    eventually(flushed(harness, lambda: copy.id in harness.runs.parked))

    # Then
    assert failures == [1] * commits.TRIES
    assert [tag for tag, _ in harness.channel.acked] == [copy.tag]
    assert harness.dispatcher.idle


def test_a_result_that_cannot_be_recorded_is_kept_and_does_not_run_again(eventually: Eventually) -> None:
    # Given
    harness = Harness()
    copy = harness.deliver()
    harness.dispatcher.flush()
    failures = break_on(harness, copy.id, "finishes")
    harness.pool.sent[0].run()

    # When
    eventually(flushed(harness, lambda: len(failures) > commits.TRIES))

    # Then its copy holds no place any more, and the ledger hears that the task is ours
    assert [tag for tag, _ in harness.channel.acked] == [copy.tag]
    assert copy.id in harness.state.held
    assert len(harness.pool.sent) == 1
    harness.broken.clear()
    eventually(flushed(harness, lambda: harness.dispatcher.idle))
    assert [finish.id for finish in harness.runs.finished] == [copy.id]


def test_a_ledger_that_goes_away_between_two_parts_starts_nothing_twice(eventually: Eventually) -> None:
    # Given
    harness = Harness(children=2)
    harness.learn("quick", 0.00001)
    copies = [harness.deliver() for _ in range(3)]
    break_on(harness, copies[1].id, "starts")
    commit = harness.runs.commit

    def lose(worker: str, **words: object) -> Committed:
        starts = words["starts"]
        assert isinstance(starts, list)
        if [ask.id for ask in starts] == [copies[2].id] and harness.runs.away is None:
            harness.runs.away = AWAY
        return commit(worker, **words)  # type: ignore[arg-type]

    harness.runs.commit = lose  # type: ignore[method-assign]
    harness.dispatcher.flush()
    assert harness.state.ledger_away

    # When
    harness.runs.commit = commit  # type: ignore[method-assign]
    harness.runs.away = None
    harness.broken.clear()
    eventually(flushed(harness, lambda: len(harness.runs.asked) == 3))

    # Then
    sent = [id for job in harness.pool.sent for id in job.ids]
    assert sorted(sent) == sorted(copy.id for copy in copies)


def test_what_cannot_be_parked_waits_and_everything_else_goes_on(eventually: Eventually) -> None:
    # Given
    harness = Harness()
    attempts = []
    park = harness.runs.park

    def refuse(copies: dict[str, bytes]) -> list[str]:
        attempts.append(copies)
        raise ValueError("a script failed")

    harness.runs.park = refuse  # type: ignore[method-assign]
    harness.inbox.track(99)
    harness.dispatcher.park(harness.inbox, 99, "unreadable-1", b"{}")
    copy = harness.deliver()

    # When
    for _ in range(20):
        harness.dispatcher.flush()

    # Then it is not tried again at once
    assert len(attempts) == 1
    assert [ask.id for ask in harness.runs.asked] == [copy.id]
    harness.runs.park = park  # type: ignore[method-assign]
    eventually(flushed(harness, lambda: harness.runs.parked))
    assert list(harness.runs.parked) == ["unreadable-1"]


def test_nothing_is_started_while_the_ledger_has_no_room_for_results() -> None:
    # Given
    harness = Harness()
    first = harness.deliver()
    harness.dispatcher.flush()
    harness.runs.has_room = False
    second = harness.deliver()

    # When
    harness.pool.sent[0].run()
    harness.dispatcher.flush()

    # Then
    assert [finish.id for finish in harness.runs.finished] == [first.id]
    assert [ask.id for ask in harness.runs.asked] == [first.id]
    harness.runs.has_room = True
    harness.dispatcher.flush()
    assert [ask.id for ask in harness.runs.asked] == [first.id, second.id]
