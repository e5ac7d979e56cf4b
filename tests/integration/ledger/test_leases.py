"""Relays that die or stall: their leases lapse, and what comes late does no harm."""

from longshore_ledger import Ledger
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_what_a_dead_relay_leased_is_anybodys_again(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    (lost,) = relay.claim()
    clock.advance(29)
    early = relay.claim()
    assert ledger.outbox.backlog() == {"q": 0}  # a lease that may lapse is looked after

    # When
    clock.advance(1)
    taken = relay.claim()

    # Then
    assert early == []
    assert taken == [lost]
    assert ledger.maintenance.outstanding() == {"q": 1}


def test_a_relay_that_dies_does_not_fill_the_window(harness: Harness, relay: Relay, clock: Clock) -> None:
    # Given
    harness.submit(*"abc")
    relay.claim(window=2)
    clock.advance(31)

    # When
    taken = relay.claim(window=2)

    # Then
    assert [copy.id for copy in taken] == ["a", "b"]


def test_what_was_cancelled_under_a_dead_relay_is_not_outstanding(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    relay.claim()
    ledger.control.cancel(["a"])

    # When
    clock.advance(31)
    taken = relay.claim()

    # Then
    assert taken == []
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert ledger.outbox.backlog() == {}


def test_leases_lapse_while_their_queue_is_paused(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    relay.claim()
    ledger.control.pause("q")
    clock.advance(31)

    # When
    paused = relay.claim(), ledger.outbox.backlog(), ledger.maintenance.outstanding()
    ledger.control.resume("q")

    # Then
    assert paused == ([], {"q": 1}, {"q": 0})
    assert [copy.id for copy in relay.claim()] == ["a"]


def test_a_copy_that_did_not_arrive_is_ready_again(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()

    # When
    returned = relay.give_back(copies), relay.give_back(copies)

    # Then
    assert returned == (1, 0)
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert relay.claim() == copies


def test_a_cancelled_copy_that_did_not_arrive_makes_room(
    harness: Harness, ledger: Ledger, relay: Relay
) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()
    ledger.control.cancel(["a"])

    # When
    returned = relay.give_back(copies)

    # Then
    assert returned == 0
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert ledger.outbox.backlog() == {}


def test_a_stalled_relay_gives_back_nothing_that_another_has_published(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a lease that lapsed, and the copy of another relay in the broker
    harness.submit("a")
    stale = relay.claim()
    clock.advance(31)
    relay.publish()

    # When
    returned = relay.give_back(stale)

    # Then the other's copy still counts: the reconciler notices if it is lost
    assert returned == 0
    assert harness.state("a") == "QUEUED"
    assert ledger.maintenance.outstanding() == {"q": 1}


def test_a_copy_of_a_stalled_relay_is_dropped_when_it_is_the_second(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    (stale,) = relay.claim()
    clock.advance(31)
    (copy,) = relay.publish()

    # When
    worker.start(stale)
    second = worker.ask(copy)[0].verdict
    worker.succeed("a")
    relay.confirm([stale])

    # Then
    assert second is Verdict.DROP
    assert harness.state("a") == "SUCCESS"


def test_a_confirm_that_comes_after_the_lease_leaves_the_task_ready(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a copy published by a relay that then stalled, and the task ready again
    harness.submit("a")
    stale = relay.claim()
    clock.advance(31)
    ledger.control.pause("q")
    relay.claim()
    ledger.control.resume("q")

    # When
    confirmed = relay.confirm(stale)

    # Then it does not wait in the broker alone, where nobody counts it
    assert confirmed == 0
    assert relay.claim() == stale


def test_a_worker_may_be_faster_than_the_confirm(harness: Harness, relay: Relay, worker: Worker) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()

    # When
    worker.start(*copies)
    confirmed = relay.confirm(copies)

    # Then
    assert confirmed == 0
    assert harness.state("a") == "STARTED"
    assert harness.task("a").queued_at is None


def test_a_task_given_back_before_its_confirm_is_not_queued_by_it(
    harness: Harness, relay: Relay, worker: Worker
) -> None:
    # Given a worker that does not know the task, and was faster than the confirm
    harness.submit("a")
    copies = relay.claim()
    worker.refuse(copies[0])

    # When
    confirmed = relay.confirm(copies)

    # Then
    assert confirmed == 0
    assert harness.state("a") == "PENDING"
    assert relay.claim() == copies


def test_a_task_delayed_before_its_confirm_comes_at_its_time(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()
    worker.refuse(copies[0], delay=40.0)

    # When the confirm comes, and the lease would lapse
    relay.confirm(copies)
    clock.advance(31)
    early = relay.claim()
    clock.advance(10)
    ledger.outbox.move_due()

    # Then
    assert early == []
    assert relay.claim() == copies


def test_a_confirm_of_an_older_run_changes_nothing(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a task cancelled and retried while its first copy was on its way, and claimed anew
    harness.submit("a")
    old = relay.claim()
    ledger.control.cancel(["a"])
    ledger.control.retry(["a"])
    new = relay.claim()

    # When
    answers = relay.confirm(old), relay.give_back(old)

    # Then
    assert new[0].run != old[0].run
    assert answers == (0, 0)
    assert harness.state("a") == "PENDING"
    assert relay.confirm(new) == 1


def test_a_lapsed_lease_does_not_hurry_the_next_attempt(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given a run that failed before its confirm came, and never will
    harness.submit("a", retries=1, backoff=1000.0)
    worker.start(*relay.claim())
    worker.fail("a")

    # When
    clock.advance(31)

    # Then
    assert relay.claim() == []
    assert harness.state("a") == "RETRY"
