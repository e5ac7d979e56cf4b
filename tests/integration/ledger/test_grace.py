"""After a gap in the ledger's own time, or a jump of its clock, nobody is judged."""

from longshore.ledger import Ledger
from tests.integration.ledger.actors import Harbour, Worker
from tests.integration.ledger.clock import Clock


def test_nobody_is_judged_in_the_grace_after_a_gap(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a ledger that was away for a minute
    harbour.started("a")
    clock.advance(60)

    # When
    judged = [ledger.upkeep.judge()]
    judged += [harbour.pass_seconds(1) for _ in range(4)]
    worker.beat()
    judged += [harbour.pass_seconds(1, worker) for _ in range(3)]

    # Then
    assert [each.in_grace for each in judged] == [True] * 5 + [False] * 3
    assert sum(each.deaths for each in judged) == 0
    assert worker.succeed("a") is True


def test_who_has_died_meanwhile_is_judged_after_the_grace(
    harbour: Harbour, ledger: Ledger, other: Worker, clock: Clock
) -> None:
    # Given
    harbour.started("a")
    clock.advance(60)
    ledger.upkeep.judge()

    # When
    judged = harbour.pass_seconds(5, other)

    # Then
    assert judged.deaths == 1


def test_a_ledger_that_was_away_for_less_than_a_lapse_takes_nobody_for_dead(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a worker that beat last a second before the ledger went away
    harbour.started("a")
    harbour.pass_seconds(1, other)
    clock.advance(2.5)

    # When it is back, and the worker's next beat is on its way
    judged = ledger.upkeep.judge()

    # Then
    assert (judged.in_grace, judged.deaths) == (True, 0)
    assert worker.succeed("a") is True


def test_a_beat_is_the_ledgers_time_as_well(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given no reconciler, but workers that beat
    harbour.started("a")
    for _ in range(4):
        clock.advance(1)
        other.beat()

    # When the reconciler comes
    judged = ledger.upkeep.judge()

    # Then there was no gap
    assert judged.deaths == 1


def test_a_clock_that_falls_back_takes_nobody_for_dead(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given beats that lie in the future now
    harbour.started("a")
    other.beat()
    clock.jump(-3600)

    # When
    first = ledger.upkeep.judge()
    judged = harbour.pass_seconds(8, worker, other)

    # Then
    assert first.in_grace
    assert judged.deaths == 0
    assert worker.succeed("a") is True


def test_who_is_silent_since_the_clock_fell_back_has_lapsed(
    harbour: Harbour, other: Worker, clock: Clock
) -> None:
    # Given
    harbour.started("a")
    clock.jump(-3600)

    # When
    judged = harbour.pass_seconds(8, other)

    # Then
    assert judged.deaths == 1


def test_a_clock_that_falls_back_out_of_a_grace_does_not_prolong_it(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a grace that began in what is the future now
    harbour.started("a")
    clock.jump(3600)
    ledger.upkeep.judge()
    clock.jump(-3600)

    # When
    judged = harbour.pass_seconds(10, other)

    # Then
    assert judged.deaths == 1


def test_a_small_step_back_of_the_clock_is_no_gap(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harbour.started("a")
    harbour.pass_seconds(1, worker, other)
    clock.jump(-0.5)

    # When
    judged = ledger.upkeep.judge()

    # Then
    assert (judged.in_grace, judged.deaths) == (False, 0)
