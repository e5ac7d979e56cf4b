"""Arrivals are decided beforehand: whatever the system does, they come, and count from when they were due."""

import itertools
import time
from collections.abc import Callable, Iterator

import gevent
import pytest
from gevent.event import Event

from longshore_loadtest.users.arrivals import Spawner, Spread, arrivals


@pytest.fixture
def release() -> Iterator[Event]:
    """Set at the end, so that nothing is left waiting."""
    event = Event()
    yield event
    event.set()


class Seen:
    """What was begun, and by whom."""

    def __init__(self, release: Event) -> None:
        self.begun: list[tuple[float, str]] = []
        self.ended = 0
        self._release = release

    def act(self, due: float, process: str) -> None:
        """Something that has no answer until it is let go."""
        self.begun.append((due, process))
        self._release.wait()
        self.ended += 1


def _spawner(count: int, outstanding: int) -> Spawner:
    """All due by now; the one after them never is."""
    now = time.monotonic()
    return Spawner(itertools.chain([now] * count, [now + 3600.0]), outstanding, "user")


def _spawn(spawner: Spawner, seen: Seen, count: int) -> None:
    for _ in range(count):
        spawner.spawn(seen.act)


def _until(condition: Callable[[], bool]) -> None:
    with gevent.Timeout(10):
        while not condition():
            gevent.sleep(0)


@pytest.mark.parametrize("spread", ["poisson", "even"])
def test_as_many_arrive_as_were_asked_for(spread: Spread) -> None:
    # When
    times = list(itertools.islice(arrivals(5.0, spread, seed=1), 10_000))

    # Then
    assert times == sorted(times)
    assert times[-1] == pytest.approx(2000.0, rel=0.05)


def test_a_seed_makes_the_same_arrivals_and_another_one_others() -> None:
    # When
    first, again, other = (
        list(itertools.islice(arrivals(5.0, "poisson", seed), 20)) for seed in ("1/a", "1/a", "1/b")
    )

    # Then
    assert first == again
    assert first != other


def test_even_arrivals_are_the_same_time_apart_and_users_do_not_arrive_in_step() -> None:
    # When
    first, second, third = itertools.islice(arrivals(4.0, "even", seed=1), 3)
    (another,) = itertools.islice(arrivals(4.0, "even", seed=2), 1)

    # Then
    assert second - first == pytest.approx(0.25)
    assert third - second == pytest.approx(0.25)
    assert 0 <= first < 0.25
    assert first != another


def test_what_is_due_is_begun_though_nothing_was_answered(release: Event) -> None:
    # Given
    seen = Seen(release)
    spawner = _spawner(5, outstanding=10)

    # When
    _spawn(spawner, seen, 5)

    # Then
    _until(lambda: len(seen.begun) == 5)
    assert seen.ended == 0


def test_what_finds_no_place_waits_and_is_due_when_it_was_due(release: Event) -> None:
    # Given: three due, places for two
    seen = Seen(release)
    spawner = _spawner(3, outstanding=2)
    now = time.monotonic()
    spawning = gevent.spawn(_spawn, spawner, seen, 3)
    _until(lambda: len(seen.begun) == 2)
    assert not spawning.ready()

    # When
    release.set()
    spawning.join()
    spawner.finish(10)

    # Then
    assert seen.ended == 3
    assert all(due <= now for due, _ in seen.begun)


def test_two_at_once_are_never_of_the_same_process(release: Event) -> None:
    # Given
    seen = Seen(release)
    spawner = _spawner(4, outstanding=10)

    # When
    _spawn(spawner, seen, 3)
    _until(lambda: len(seen.begun) == 3)
    release.set()
    _until(lambda: seen.ended == 3)
    _spawn(spawner, seen, 1)
    _until(lambda: seen.ended == 4)

    # Then
    *at_once, after = (process for _, process in seen.begun)
    assert sorted(at_once) == ["user.1", "user.2", "user.3"]
    assert after in at_once


def test_the_end_waits_for_answers_and_says_how_many_never_came(release: Event) -> None:
    # Given
    seen = Seen(release)
    spawner = _spawner(3, outstanding=10)
    _spawn(spawner, seen, 3)
    _until(lambda: len(seen.begun) == 3)

    # Then
    assert spawner.finish(0.01) == 3
    assert spawner.finish(0.01) == 0


def test_a_user_waits_for_the_next_arrival_and_not_at_all_when_it_is_late(release: Event) -> None:
    # Given
    spawner = _spawner(1, outstanding=1)

    # Then
    assert spawner.wait == 0

    # When
    spawner.spawn(Seen(release).act)

    # Then
    assert spawner.wait > 3000
