"""The history: samples of the figures."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.figures import Figures, intervals
from tests.integration.ledger.actors import Harness
from tests.integration.ledger.clock import Clock
from tests.services.runner import Server


def _keep(ledger: Ledger, clock: Clock, samples: int) -> None:
    """Let a scheduler take samples, as time goes on."""
    for _ in range(samples):
        clock.advance(ledger.history.record())


def test_a_sample_holds_what_was_counted_and_what_waits_and_runs(harness: Harness, ledger: Ledger) -> None:
    # Given tasks in two queues
    harness.finished("a")
    harness.failed("b")
    harness.submit("c", "d", queue="other")
    harness.started("e")

    # When
    ledger.history.record()

    # Then
    (sample,) = ledger.history.read()
    assert sample.queues == {
        "q": Figures(submitted=3, succeeded=1, failed=1, started=1),
        "other": Figures(submitted=2, waiting=2),
    }
    assert sample.of() == Figures(submitted=5, succeeded=1, failed=1, waiting=2, started=1)
    assert sample.of("nobody's") == Figures()
    assert sum(sample.run.values()) == 2
    assert sum(sample.wait.values()) == 3


def test_of_two_schedulers_the_first_is_heard(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    ledger.history.record()
    harness.submit("a")
    clock.advance(1)

    # When another one samples the same slot of time
    ledger.history.record()

    # Then
    assert [sample.of().submitted for sample in ledger.history.read()] == [0]


def test_the_first_sample_of_a_slot_stays(ledger: Ledger) -> None:
    # Given two schedulers that found the slot empty
    # When
    answers = [ledger.connection.run("sample", 100, sample, 0) for sample in (b"first", b"second")]

    # Then
    assert answers == [1, 0]
    assert ledger.connection.redis.hget(f"{PREFIX}:history", 100) == b"first"


def test_intervals_say_what_happened_in_between(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    _keep(ledger, clock, 1)
    harness.submit("a", "b")
    harness.submit("c", queue="other")
    _keep(ledger, clock, 1)
    harness.ledger.control.cancel(["a"])
    _keep(ledger, clock, 1)

    # When
    every, one = intervals(ledger.history.read()), intervals(ledger.history.read(), "q")

    # Then
    assert [(each.seconds, each.submitted, each.revoked, each.waiting) for each in every] == [
        (15.0, 3, 0, 3),
        (15.0, 0, 1, 2),
    ]
    assert [(each.submitted, each.revoked, each.waiting) for each in one] == [(2, 0, 2), (0, 1, 1)]
    assert every[-1].at == "2026-11-21T08:00:30.000Z"


def test_a_queue_that_is_forgotten_takes_nothing_from_what_others_did(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given a queue whose many counts are forgotten between two samples
    harness.submit("a", "b", "c", "d", queue="forgotten")
    older = ledger.history.now()
    ledger.connection.redis.delete("{longshore}:totals")
    clock.advance(15)

    # When
    harness.submit("e", "f")
    [interval] = intervals([older, ledger.history.now()])

    # Then
    assert interval.submitted == 2


def test_an_hour_is_kept_and_no_more(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given a queue that changes once, and an hour and a half
    harness.submit("a")
    _keep(ledger, clock, 360)

    # When
    samples = ledger.history.read()

    # Then all of the last hour are whole, though a quiet queue is not repeated each time
    assert len(samples) == 240
    assert {sample.of("q").submitted for sample in samples} == {1}
    kept = ledger.connection.redis.hvals(f"{PREFIX}:history")
    assert len(kept) < 300
    assert len({len(text) for text in kept}) > 1


def test_the_history_can_be_read_in_part(ledger: Ledger, clock: Clock) -> None:
    # Given
    _keep(ledger, clock, 40)

    # When / Then
    assert len(ledger.history.read(60)) == 4


def test_slots_that_nobody_sampled_are_left_out(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given schedulers that were gone for longer than samples lean on one another
    harness.submit("a")
    _keep(ledger, clock, 1)
    clock.advance(390)
    _keep(ledger, clock, 2)

    # When
    samples = ledger.history.read()

    # Then
    assert [sample.of("q").submitted for sample in samples] == [1, 1, 1]
    assert [each.seconds for each in intervals(samples)] == [405.0, 15.0]


def test_a_clock_that_was_set_back_leaves_no_samples_of_the_future(ledger: Ledger, clock: Clock) -> None:
    # Given
    _keep(ledger, clock, 3)

    # When
    clock.jump(-60)
    _keep(ledger, clock, 2)

    # Then
    times = [sample.at for sample in ledger.history.read()]
    assert times == sorted(times)
    assert max(times) <= clock.us
    assert len(ledger.connection.redis.hkeys(f"{PREFIX}:history")) == 2


def test_samples_go_on_when_memory_is_full(own_redis: Server) -> None:
    # Given
    ledger = Ledger.open(own_redis.url)
    ledger.connection.redis.config_set("maxmemory", 1)

    # When
    ledger.history.record()

    # Then
    assert len(ledger.history.read()) == 1
    ledger.close()
