"""When the relay looks at the backlog."""

from longshore_scheduler.pace import Pace


def test_it_looks_at_once_at_the_beginning() -> None:
    assert Pace().next == 0


def test_an_idle_relay_looks_rarely_until_it_is_rung() -> None:
    # Given a look that found nothing
    pace = Pace()
    pace.looked(100, moved=0, waiting=0)
    assert pace.next == 100.25

    # When the bell rings
    pace.rung()

    # Then the next look is due in a moment, and not at once: others may be on their way
    assert pace.next == 100.001


def test_work_left_over_is_looked_at_without_a_pause() -> None:
    # Given a look that moved some of what it found
    pace = Pace()

    # When it is over
    pace.looked(100, moved=500, waiting=1)

    # Then the next one follows
    assert pace.next == 100


def test_all_moved_is_idle() -> None:
    pace = Pace()
    pace.looked(100, moved=3, waiting=0)
    assert pace.next == 100.25


def test_work_that_may_not_move_is_looked_at_more_and_more_rarely() -> None:
    # Given looks that find a full window
    pace = Pace()
    pauses = []
    for now in range(100, 106):
        pace.looked(now, moved=0, waiting=5)
        pauses.append(round(pace.next - now, 6))

    # Then their pauses double up to a limit
    assert pauses == [0.005, 0.01, 0.02, 0.04, 0.05, 0.05]

    # And when there was room once, they begin anew
    pace.looked(200, moved=1, waiting=4)
    pace.looked(201, moved=0, waiting=4)
    assert round(pace.next - 201, 6) == 0.005


def test_ringing_hardly_hurries_a_relay_whose_window_is_full() -> None:
    # Given a full window for a while
    pace = Pace()
    for now in (100, 101, 102, 103, 104):
        pace.looked(now, moved=0, waiting=5)

    # When the bell rings
    pace.rung()

    # Then it looks 5 ms after the last time at the earliest
    assert pace.next == 104.005


def test_ringing_never_delays() -> None:
    # Given work left over
    pace = Pace()
    pace.looked(100, moved=1, waiting=1)

    # When the bell rings twice
    pace.rung()
    pace.rung()

    # Then the look is still due at once
    assert pace.next == 100


def test_nobody_hurries_a_relay_whose_broker_takes_nothing() -> None:
    # Given a blocked broker
    pace = Pace()
    pace.barred(100)

    # When the bell rings
    pace.rung()

    # Then the next look has to wait
    assert pace.next == 100.25
