"""When a copy counts as lost."""

from longshore_scheduler.losses import Census, Losses


def _lost(losses: Losses, seconds: range, census: Census) -> dict[int, dict[str, float]]:
    verdicts = {now: losses.lost(float(now), {"queue": census}) for now in seconds}
    return {now: verdict for now, verdict in verdicts.items() if verdict}


def test_an_excess_that_holds_for_ten_seconds_is_a_loss() -> None:
    # Given more settled copies than there are
    losses = Losses()
    census = Census(outstanding=10, settled=10, present=9)

    # When that goes on
    verdicts = _lost(losses, range(100, 125), census)

    # Then after ten seconds copies of that age are lost, and ten seconds after that again
    assert verdicts == {110: {"queue": 10.0}, 121: {"queue": 10.0}}


def test_a_moment_without_excess_starts_the_wait_anew() -> None:
    # Given an excess of nine seconds
    losses = Losses()
    assert not _lost(losses, range(100, 110), Census(10, 10, 9))

    # When for one look it is gone
    assert not _lost(losses, range(110, 111), Census(10, 10, 10))

    # Then another nine are no loss
    assert not _lost(losses, range(111, 120), Census(10, 10, 9))


def test_copies_on_their_way_are_not_lost() -> None:
    # Given a steady load: ten copies were claimed just now
    losses = Losses()

    # When it goes on for fifty seconds
    verdicts = _lost(losses, range(100, 150), Census(outstanding=20, settled=10, present=10))

    # Then nothing is lost
    assert verdicts == {}


def test_an_excess_hidden_by_copies_on_their_way_is_found_within_a_minute() -> None:
    # Given a few lost copies under a steady load
    losses = Losses()

    # When it goes on
    verdicts = _lost(losses, range(100, 170), Census(outstanding=20, settled=12, present=15))

    # Then only what has been outstanding for all that time is lost
    assert verdicts == {160: {"queue": 60.0}}


def test_a_loss_found_early_starts_both_waits_anew() -> None:
    # Given an excess that is found after ten seconds, again and again
    losses = Losses()

    # When it goes on for more than a minute
    verdicts = _lost(losses, range(100, 170), Census(10, 10, 0))

    # Then it is only ever found by that rule
    assert set(map(str, verdicts.values())) == {"{'queue': 10.0}"}


def test_queues_are_looked_at_apart() -> None:
    # Given one queue with an excess and one without
    losses = Losses()
    for now in range(100, 110):
        losses.lost(now, {"short": Census(1, 1, 0), "whole": Census(1, 1, 1)})

    # When ten seconds are over
    verdict = losses.lost(110, {"short": Census(1, 1, 0), "whole": Census(1, 1, 1)})

    # Then it is the one
    assert verdict == {"short": 10.0}


def test_what_nobody_watched_proves_nothing() -> None:
    # Given an excess for nine seconds, then a broker that was away
    losses = Losses()
    _lost(losses, range(100, 110), Census(10, 10, 9))
    losses.reset()

    # When it is seen again
    verdicts = _lost(losses, range(110, 121), Census(10, 10, 9))

    # Then ten seconds must pass
    assert list(verdicts) == [120]
