"""The heartbeat: what is said to the ledger, and what of its answers is acted on."""

import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from longshore.errors import LedgerUnavailable
from longshore_ledger.records import BeatAnswer
from longshore_worker.dispatch import heartbeat
from longshore_worker.dispatch.heartbeat import Heartbeat, Report, Told
from tests.services.waiting import eventually

WORKER = "worker01"


class StubRuns:
    """The ledger, as far as a heartbeat asks it."""

    def __init__(self) -> None:
        self.answer = BeatAnswer([], [], [])
        self.beats: list[dict[str, Any]] = []
        self.confirmed: list[tuple[str, str]] = []
        self.doubted: list[list[str]] = []
        self.noted: list[tuple[str, str, int, int]] = []
        self.away = False

    def beat(self, worker: str, info: dict[str, Any]) -> BeatAnswer:
        """Answer what the test wants."""
        assert worker == WORKER
        if self.away:
            raise LedgerUnavailable(url="redis://nowhere", reason="it is away")
        self.beats.append(info)
        return self.answer

    def confirm_running(self, worker: str, running: list[tuple[str, str]]) -> None:
        """Note."""
        assert worker == WORKER
        self.confirmed += running

    def doubt(self, worker: str, ids: list[str]) -> None:
        """Note."""
        assert worker == WORKER
        self.doubted.append(ids)

    def progress(self, reports: list[tuple[str, str, int, int]]) -> None:
        """Note."""
        self.noted += reports


class Beating:
    """A heartbeat in a thread, and a test that is its parent."""

    def __init__(self) -> None:
        self.runs = StubRuns()
        self.link, theirs = Pipe()
        views = SimpleNamespace(workers=list)
        ledger: Any = SimpleNamespace(runs=self.runs, views=views, close=lambda: None)
        self.thread = threading.Thread(target=Heartbeat(theirs, lambda: ledger, 0.05).run, daemon=True)
        self.thread.start()

    def report(self, *, progress: tuple[tuple[str, str, int, int], ...] = (), **held: str) -> Told:
        """Report what is held, and wait until that was beaten and answered."""
        said = Report(WORKER, {"host": "here"}, held, list(progress), asks_for_others=False)
        self.link.send_bytes(msgspec.json.encode(said))
        assert self.link.poll(10)
        return msgspec.json.decode(self.link.recv_bytes(), type=Told)


@pytest.fixture
def beating() -> Iterator[Beating]:
    """A heartbeat that has not heard of its parent yet."""
    made = Beating()
    yield made
    made.link.close()
    made.thread.join(10)
    assert not made.thread.is_alive()


def test_it_goes_on_though_its_parent_is_late(beating: Beating) -> None:
    # Given one report
    beating.report(a="worker01.1")

    # When nothing more comes
    eventually(lambda: len(beating.runs.beats) > 5)

    # Then each beat says what the last report said, and is not answered
    assert all(beat == {"host": "here"} for beat in beating.runs.beats)
    assert not beating.link.poll(0)


def test_a_parent_that_is_silent_for_too_long_is_no_longer_confirmed(
    beating: Beating, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    beating.report()
    monkeypatch.setattr(heartbeat, "SILENCE", -1.0)
    _settled(beating)

    # When it reports again
    monkeypatch.setattr(heartbeat, "SILENCE", 60.0)
    before = len(beating.runs.beats)
    beating.report()

    # Then
    assert len(beating.runs.beats) > before


def test_what_the_ledger_says_is_passed_on(beating: Beating) -> None:
    # Given
    beating.runs.answer = BeatAnswer(["a"], [], [], drain=True)

    # When
    told = beating.report()

    # Then
    assert told == Told(["a"], drain=True, others=None)


def test_only_what_is_in_its_hands_is_confirmed(beating: Beating) -> None:
    # Given a worker that runs two tasks, of which one ends, and a ledger that doubts both
    beating.runs.answer = BeatAnswer([], ["a", "b"], [])
    beating.report(a="worker01.1", b="worker01.2")
    assert set(beating.runs.confirmed) == {("a", "worker01.1"), ("b", "worker01.2")}

    # When
    beating.report(b="worker01.2")
    beating.runs.confirmed.clear()
    beating.report(b="worker01.2")

    # Then nobody confirms the one that has ended
    assert set(beating.runs.confirmed) == {("b", "worker01.2")}


def test_what_two_reports_do_not_name_is_doubted(beating: Beating) -> None:
    # Given a ledger that says of two tasks that this worker runs them
    beating.runs.answer = BeatAnswer([], [], ["a", "b"])

    # When it runs one
    beating.report(a="worker01.1")
    once = list(beating.runs.doubted)
    beating.report(a="worker01.1")

    # Then
    assert once == []
    assert beating.runs.doubted == [["b"]]


def test_what_ends_or_begins_between_two_reports_is_not_doubted(beating: Beating) -> None:
    # Given
    beating.runs.answer = BeatAnswer([], [], ["a", "b"])

    # When each report misses another one
    for _ in range(3):
        beating.report(a="worker01.1")
        beating.report(b="worker01.2")

    # Then
    assert beating.runs.doubted == []


def test_a_parent_that_is_late_is_not_taken_at_its_old_word(beating: Beating) -> None:
    # Given a report that does not name what has been started since
    beating.report()
    beating.runs.answer = BeatAnswer([], [], ["a"])

    # When many beats pass before the next report, which names it
    before = len(beating.runs.beats)
    eventually(lambda: len(beating.runs.beats) > before + 5)
    beating.report(a="worker01.1")

    # Then
    assert beating.runs.doubted == []


def test_progress_is_told_when_it_changes(beating: Beating) -> None:
    # When
    for done in (1, 1, 2):
        beating.report(progress=(("a", "worker01.1", done, 9),), a="worker01.1")

    # Then
    assert beating.runs.noted == [("a", "worker01.1", 1, 9), ("a", "worker01.1", 2, 9)]


def test_a_ledger_that_is_away_is_tried_again(beating: Beating) -> None:
    # Given
    beating.report()
    beating.runs.away = True
    before = _settled(beating)

    # When
    beating.runs.away = False

    # Then
    eventually(lambda: len(beating.runs.beats) > before)


def _settled(beating: Beating) -> int:
    """Beats so far, once there are no more for a while."""
    seen: list[int] = []

    def still() -> bool:
        seen.append(len(beating.runs.beats))
        return len(seen) > 5 and len(set(seen[-5:])) == 1

    eventually(still, every=0.05)
    return seen[-1]
