"""When the relay polls the ledger for ready tasks."""

from longshore_scheduler.poll_timer import PollTimer


def test_it_polls_at_once_at_the_beginning() -> None:
    assert PollTimer().next == 0


def test_an_idle_relay_polls_rarely_until_it_is_woken() -> None:
    # Given a poll that found nothing
    timer = PollTimer()
    timer.polled(100, moved=0, waiting=0)
    assert timer.next == 100.25

    # When it is woken
    timer.wake()

    # Then the next poll is due in a moment, and not at once: others may be on their way
    assert timer.next == 100.001


def test_work_left_over_is_looked_at_without_a_pause() -> None:
    # Given a poll that moved some of what it found
    timer = PollTimer()

    # When it is over
    timer.polled(100, moved=500, waiting=1)

    # Then the next one follows
    assert timer.next == 100


def test_all_moved_is_idle() -> None:
    timer = PollTimer()
    timer.polled(100, moved=3, waiting=0)
    assert timer.next == 100.25


def test_work_that_may_not_move_is_looked_at_more_and_more_rarely() -> None:
    # Given polls that find a full window
    timer = PollTimer()
    pauses = []
    for now in range(100, 106):
        timer.polled(now, moved=0, waiting=5)
        pauses.append(round(timer.next - now, 6))

    # Then their pauses double up to a limit
    assert pauses == [0.005, 0.01, 0.02, 0.04, 0.05, 0.05]

    # And when there was room once, they begin anew
    timer.polled(200, moved=1, waiting=4)
    timer.polled(201, moved=0, waiting=4)
    assert round(timer.next - 201, 6) == 0.005


def test_waking_hardly_hurries_a_relay_whose_window_is_full() -> None:
    # Given a full window for a while
    timer = PollTimer()
    for now in (100, 101, 102, 103, 104):
        timer.polled(now, moved=0, waiting=5)

    # When it is woken
    timer.wake()

    # Then it polls 5 ms after the last time at the earliest
    assert timer.next == 104.005


def test_waking_never_delays() -> None:
    # Given work left over
    timer = PollTimer()
    timer.polled(100, moved=1, waiting=1)

    # When it is woken twice
    timer.wake()
    timer.wake()

    # Then the poll is still due at once
    assert timer.next == 100


def test_nobody_hurries_a_relay_whose_broker_takes_nothing() -> None:
    # Given a blocked broker
    timer = PollTimer()
    timer.hold_off(100)

    # When it is woken
    timer.wake()

    # Then the next poll has to wait
    assert timer.next == 100.25
