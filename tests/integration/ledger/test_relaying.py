"""The relay's side: leases, the window, confirms, and relays that die or stall."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_claim_brings_what_a_message_needs(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit("a", timeout=1.5, priority=7, args=b'{"n":1}')
    harness.submit("b")

    # When
    first, second = relay.claim()

    # Then
    assert (first.id, first.task, first.args, first.priority) == ("a", "add", b'{"n":1}', 7)
    assert (first.timeout, second.timeout, first.chunk) == (1.5, None, False)
    assert len({first.run, second.run}) == 2


def test_a_claimed_task_is_claimed_once(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit("a")

    # When
    claims = relay.claim(), relay.claim()

    # Then
    assert [len(claim) for claim in claims] == [1, 0]
    assert harness.state("a") == "PENDING"


def test_a_confirmed_copy_is_queued(harness: Harness, relay: Relay, clock: Clock) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()
    clock.advance(0.25)

    # When
    confirmed = relay.confirm(copies), relay.confirm(copies)

    # Then
    assert confirmed == (1, 0)
    assert harness.state("a") == "QUEUED"
    assert harness.task("a").queued_at == "2026-11-21T08:00:00.250Z"


def test_claims_stop_where_the_window_is_full(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    harness.submit(*"abcde")

    # When
    claims = [relay.publish(window=3, limit=2), relay.publish(window=3), relay.publish(window=3)]

    # Then
    assert ["".join(copy.id for copy in claim) for claim in claims] == ["ab", "c", ""]
    assert ledger.maintenance.outstanding() == {"q": 3}


def test_a_copy_taken_up_makes_room(harness: Harness, relay: Relay, worker: Worker) -> None:
    # Given
    harness.submit(*"abc")
    copies = relay.publish(window=2)

    # When
    worker.start(copies[0])

    # Then
    assert [copy.id for copy in relay.publish(window=2)] == ["c"]


def test_a_dropped_copy_makes_room_as_well(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    (copy,) = harness.queued("a")
    ledger.control.cancel(["a"])
    assert ledger.maintenance.outstanding() == {"q": 1}

    # When
    (answer,) = worker.ask(copy)

    # Then
    assert answer.verdict is Verdict.DROP
    assert ledger.maintenance.outstanding() == {"q": 0}


def test_young_copies_can_be_left_out_of_the_count(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    harness.queued("old")
    clock.advance(10)
    harness.queued("young")

    # Then
    assert ledger.maintenance.outstanding(5.0) == {"q": 1}
    assert ledger.maintenance.outstanding() == {"q": 2}


def test_a_claim_is_no_larger_than_four_megabytes(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit(*"abcde", args=b'["' + b"x" * 1_100_000 + b'"]')

    # When
    claims = [relay.claim(), relay.claim()]

    # Then
    assert ["".join(copy.id for copy in claim) for claim in claims] == ["abc", "de"]


def test_a_task_larger_than_a_claim_goes_alone(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit("huge", args=b'["' + b"x" * 5_000_000 + b'"]')
    harness.submit("small")

    # When
    claims = [relay.claim(), relay.claim()]

    # Then
    assert [[copy.id for copy in claim] for claim in claims] == [["huge"], ["small"]]


def test_queues_do_not_see_each_other(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    harness.submit("a")
    harness.submit("b", queue="r")

    # When
    backlog = ledger.outbox.backlog()
    claimed = relay.claim(queue="r")

    # Then
    assert backlog == {"q": 1, "r": 1}
    assert [copy.id for copy in claimed] == ["b"]
    assert ledger.maintenance.outstanding() == {"q": 0, "r": 1}


def test_more_confirms_than_a_script_takes_are_told_in_parts(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit(*(f"t{n}" for n in range(700)))
    copies = relay.claim() + relay.claim()

    # When
    confirmed = relay.confirm(copies)

    # Then
    assert confirmed == 700


def test_an_id_that_is_ready_by_mistake_is_not_published(
    harness: Harness, ledger: Ledger, relay: Relay
) -> None:
    # Given what no script leaves behind
    harness.finished("done")
    ledger.connection.redis.zadd(f"{PREFIX}:ready:q", {"ghost": 1, "done": 2})

    # When
    claimed = relay.claim()

    # Then
    assert claimed == []
    assert ledger.outbox.backlog() == {}


def test_a_copy_that_the_broker_lost_is_ready_again(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    (old,) = harness.queued("old")
    clock.advance(10)
    harness.queued("young")
    clock.advance(1)

    # When
    looked_at = ledger.maintenance.republish("q", older_than=5.0)

    # Then
    assert looked_at == 1
    assert (harness.state("old"), harness.state("young")) == ("PENDING", "QUEUED")
    assert harness.task("old").released == "the broker lost its copy"
    assert relay.claim() == [old]


def test_a_copy_on_its_way_is_not_taken_for_lost(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    relay.claim()
    clock.advance(20)

    # When
    ledger.maintenance.republish("q", older_than=5.0)

    # Then the relay's lease decides
    assert relay.claim() == []
    assert ledger.maintenance.outstanding() == {"q": 1}


def test_a_lost_copy_of_a_cancelled_task_is_not_published_again(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.queued("a")
    ledger.control.cancel(["a"])
    clock.advance(10)

    # When
    ledger.maintenance.republish("q", older_than=5.0)

    # Then
    assert harness.state("a") == "REVOKED"
    assert ledger.maintenance.outstanding() == {"q": 0}
    assert relay.claim() == []


def test_a_whole_window_is_published_again(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit(*(f"t{n}" for n in range(900)))
    relay.publish()
    relay.publish()
    clock.advance(20)

    # When
    republished = ledger.maintenance.republish("q", older_than=10.0)

    # Then
    assert republished == 900
    assert ledger.outbox.backlog() == {"q": 900}


def test_a_copy_that_was_not_lost_after_all_is_dropped_as_the_second(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    (copy,) = harness.queued("a")
    clock.advance(20)
    ledger.maintenance.republish("q", older_than=10.0)

    # When
    worker.start(copy)

    # Then no further copy is published
    assert relay.claim() == []


def test_a_claim_passes_over_what_is_not_there(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given what no script leaves behind, last in the queue
    harness.submit("a")
    ledger.connection.redis.zadd(f"{PREFIX}:ready:q", {"ghost": 9e15})

    # When
    claimed = relay.claim()

    # Then
    assert [copy.id for copy in claimed] == ["a"]
    assert ledger.outbox.backlog() == {"q": 0}


def test_the_relay_may_speak_of_what_is_not_there(ledger: Ledger) -> None:
    # When
    answers = ledger.outbox.confirm("q", [("ghost", "run")]), ledger.outbox.give_back("q", [("ghost", "run")])

    # Then
    assert answers == (0, 0)


def test_a_copy_of_what_is_not_there_is_not_outstanding_for_ever(harness: Harness, ledger: Ledger) -> None:
    # Given what no script leaves behind
    harness.finished("done")
    ledger.connection.redis.zadd(f"{PREFIX}:out:q", {"ghost": 1})

    # When
    ledger.maintenance.republish("q", older_than=10.0)

    # Then
    assert ledger.maintenance.outstanding() == {"q": 0}


def test_a_cancelled_lease_that_lapses_in_a_pause_leaves_nothing_ready(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    relay.claim()
    ledger.control.cancel(["a"])
    ledger.control.pause("q")
    clock.advance(31)

    # When
    relay.claim()

    # Then
    assert ledger.outbox.backlog() == {}
