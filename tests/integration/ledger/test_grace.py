"""After a gap in the ledger's own time, or a jump of its clock, nobody is reaped."""

from longshore_ledger import Ledger
from tests.integration.ledger.actors import Harness, Worker
from tests.integration.ledger.clock import Clock


def test_nobody_is_reaped_in_the_grace_after_a_gap(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a ledger that was away for a minute
    harness.started("a")
    clock.advance(60)

    # When
    reaped = [ledger.maintenance.reap()]
    reaped += [harness.pass_seconds(1) for _ in range(4)]
    worker.beat()
    reaped += [harness.pass_seconds(1, worker) for _ in range(3)]

    # Then
    assert [each.in_grace for each in reaped] == [True] * 5 + [False] * 3
    assert sum(each.crashes for each in reaped) == 0
    assert worker.succeed("a") is True


def test_who_has_died_meanwhile_is_reaped_after_the_grace(
    harness: Harness, ledger: Ledger, other: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a")
    clock.advance(60)
    ledger.maintenance.reap()

    # When
    reaped = harness.pass_seconds(5, other)

    # Then
    assert reaped.crashes == 1


def test_a_ledger_that_was_away_for_less_than_a_lapse_takes_nobody_for_dead(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a worker that beat last a second before the ledger went away
    harness.started("a")
    harness.pass_seconds(1, other)
    clock.advance(2.5)

    # When it is back, and the worker's next beat is on its way
    reaped = ledger.maintenance.reap()

    # Then
    assert (reaped.in_grace, reaped.crashes) == (True, 0)
    assert worker.succeed("a") is True


def test_a_beat_is_the_ledgers_time_as_well(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given no reconciler, but workers that beat
    harness.started("a")
    for _ in range(4):
        clock.advance(1)
        other.beat()

    # When the reconciler comes
    reaped = ledger.maintenance.reap()

    # Then there was no gap
    assert reaped.crashes == 1


def test_a_clock_that_falls_back_takes_nobody_for_dead(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given beats that lie in the future now
    harness.started("a")
    other.beat()
    clock.jump(-3600)

    # When
    first = ledger.maintenance.reap()
    reaped = harness.pass_seconds(8, worker, other)

    # Then
    assert first.in_grace
    assert reaped.crashes == 0
    assert worker.succeed("a") is True


def test_who_is_silent_since_the_clock_fell_back_has_lapsed(
    harness: Harness, other: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a")
    clock.jump(-3600)

    # When
    reaped = harness.pass_seconds(8, other)

    # Then
    assert reaped.crashes == 1


def test_a_clock_that_falls_back_out_of_a_grace_does_not_prolong_it(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a grace that began in what is the future now
    harness.started("a")
    clock.jump(3600)
    ledger.maintenance.reap()
    clock.jump(-3600)

    # When
    reaped = harness.pass_seconds(10, other)

    # Then
    assert reaped.crashes == 1


def test_a_small_step_back_of_the_clock_is_no_gap(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a")
    harness.pass_seconds(1, worker, other)
    clock.jump(-0.5)

    # When
    reaped = ledger.maintenance.reap()

    # Then
    assert (reaped.in_grace, reaped.crashes) == (False, 0)
