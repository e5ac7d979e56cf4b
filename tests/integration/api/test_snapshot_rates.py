"""What a snapshot says of the time before it, on a clock that the test turns."""

from collections.abc import Iterator

import msgspec
import pytest
import redis

from longshore.errors import LedgerUnavailable
from longshore.event_types import Rates
from longshore_api.events.snapshots import Snapshots
from longshore_api.shapes import Snapshot
from longshore_examples.arithmetic import add
from longshore_ledger import Ledger
from longshore_ledger.records import NewTask, payload_digest
from tests.integration.ledger.clock import LUA, Clock

from .stand_in import StandInWorker


@pytest.fixture
def clock(ledger_url: str) -> Iterator[Clock]:
    """The ledger's time."""
    with redis.Redis.from_url(ledger_url) as server:
        yield Clock(server)


@pytest.fixture
def turned(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    """A ledger on that clock."""
    assert clock.seconds
    ledger = Ledger.open(ledger_url, replaced={"clock": LUA})
    yield ledger
    ledger.close()


@pytest.fixture
def snapshots(turned: Ledger) -> Snapshots:
    """Makes snapshots of it."""
    return Snapshots(lambda: turned)


def _look(snapshots: Snapshots) -> Snapshot:
    return msgspec.json.decode(snapshots.latest(fresh=-1), type=Snapshot)


def _submit(ledger: Ledger, *ids: str, queue: str = "add") -> None:
    ledger.intake.submit([NewTask(id, "add", queue, b"[1,2]", payload_digest(b"[1,2]")) for id in ids])


def test_rates_are_over_the_last_ten_seconds(turned: Ledger, clock: Clock, snapshots: Snapshots) -> None:
    # Given a look a second, and two tasks submitted in each, of which one is run
    worker = StandInWorker(turned, {"add": add})
    for second in range(20):
        _submit(turned, f"a{second}")
        _submit(turned, f"b{second}", queue="other")
        worker.run("add")
        last = _look(snapshots)
        clock.advance(1)

    # Then
    assert last.rates == Rates(submitted=2.0, succeeded=1.0, failed=0.0)
    assert {queue.name: queue.rate for queue in last.queues} == {"add": 1.0, "other": 0.0}

    # When all is quiet
    for _ in range(12):
        last = _look(snapshots)
        clock.advance(1)

    # Then
    assert last.rates == Rates(0.0, 0.0, 0.0)


def test_the_first_who_looks_is_told_rates_by_the_history(
    turned: Ledger, clock: Clock, snapshots: Snapshots
) -> None:
    # Given
    turned.history.record()
    clock.advance(10)
    _submit(turned, "a", "b", "c", "d", "e")

    # When / Then
    assert _look(snapshots).rates.submitted == 0.5


def test_two_looks_in_a_moment_make_no_rate(turned: Ledger, clock: Clock, snapshots: Snapshots) -> None:
    # Given
    _look(snapshots)
    clock.advance(0.1)
    _submit(turned, "a")

    # When / Then
    assert _look(snapshots).rates.submitted == 0


def test_the_newest_interval_and_quantiles_are_by_the_history(
    turned: Ledger, clock: Clock, snapshots: Snapshots
) -> None:
    # Given tasks that waited for long, ten minutes ago, and some that did not, since
    worker = StandInWorker(turned, {"add": add})
    _submit(turned, "slow")
    clock.advance(60)
    worker.run("add")
    for minute in range(10):
        _submit(turned, f"m{minute}")
        worker.run("add")
        for _ in range(4):
            turned.history.record()
            clock.advance(15)

    # When
    snapshot = _look(snapshots)

    # Then
    assert snapshot.wait is not None
    assert snapshot.wait.p99 <= 0.001
    assert snapshot.interval is not None
    assert (snapshot.interval.seconds, snapshot.interval.submitted) == (15.0, 0)


def test_a_clock_that_was_set_back_is_no_trouble(turned: Ledger, clock: Clock, snapshots: Snapshots) -> None:
    # Given
    _look(snapshots)

    # When
    clock.jump(-3600)
    _submit(turned, "a")

    # Then
    assert _look(snapshots).rates.submitted == 0


def test_a_snapshot_that_is_young_enough_is_given_again(turned: Ledger, snapshots: Snapshots) -> None:
    # Given
    before = snapshots.latest()
    _submit(turned, "a")

    # When / Then
    assert snapshots.latest(fresh=60) == before
    assert snapshots.latest(fresh=-1) != before


def test_a_ledger_that_hangs_is_not_asked_by_each_who_waits() -> None:
    # Given
    asked = []

    def gone() -> Ledger:
        asked.append(1)
        raise LedgerUnavailable(url="redis://nowhere", reason="gone")

    snapshots = Snapshots(gone)

    # When
    for _ in range(10):
        with pytest.raises(LedgerUnavailable, match="gone"):
            snapshots.latest()

    # Then
    assert len(asked) < 10
