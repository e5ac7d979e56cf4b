"""Suspects: of a dead worker's tasks only one that ran alone is blamed, and each is tried alone."""

from longshore_ledger import Ledger
from longshore_ledger.records import StartAnswer, StartAsk, Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.files import run_file


def test_what_ran_beside_others_is_not_blamed(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    for id in "abc":
        harness.started(id)

    # When
    harness.pass_seconds(4, other)

    # Then
    assert [(harness.state(id), harness.task(id).crashes) for id in "abc"] == [("PENDING", 0)] * 3


def test_nobody_is_blamed_for_being_the_last_one_that_is_freed(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given a dead worker, whose copies come back one by one before the reconciler has looked
    copies = [harness.started(id) for id in "abc"]
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)

    # When
    for copy in copies:
        other.ask(copy)

    # Then
    assert [(harness.state(id), harness.task(id).crashes) for id in "abc"] == [("PENDING", 0)] * 3


def test_a_suspect_begins_where_nothing_else_runs(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given two suspects, and a worker that runs something
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    suspects = relay.publish()
    harness.started("c", other)

    # When
    busy = other.ask(*suspects)
    other.succeed("c")
    idle = other.ask(*suspects)

    # Then one begins, when the worker has ended what it ran
    assert [(answer.verdict, answer.suspect) for answer in busy] == [(Verdict.WAIT, True)] * 2
    assert [answer.verdict for answer in idle] == [Verdict.RUN, Verdict.WAIT]
    assert (harness.state("a"), harness.state("b")) == ("STARTED", "QUEUED")


def test_nothing_begins_beside_a_suspect_in_one_call(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    harness.submit("c")
    copies = relay.publish()

    # When the answer is lost and the same is asked again
    first = other.ask(*copies)
    asks = [StartAsk(copy.id, copy.run, f"{other.id}.{n}") for n, copy in enumerate(copies, 1)]
    again = ledger.runs.start(other.id, asks)

    # Then
    assert [answer.verdict for answer in first] == [Verdict.RUN, Verdict.WAIT, Verdict.WAIT]
    assert [answer.suspect for answer in first] == [True, True, False]
    assert again == first


def test_a_suspect_is_not_begun_beside_what_begins_in_the_same_call(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    suspects = relay.publish()
    harness.submit("c")

    # When
    answers = other.ask(*relay.publish(), *suspects)

    # Then
    assert [answer.verdict for answer in answers] == [Verdict.RUN, Verdict.WAIT, Verdict.WAIT]


def test_a_copy_faster_than_its_confirm_waits_like_any(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given two suspects that were published, which the ledger has not heard yet
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    suspects = relay.claim()

    # When
    answers = other.ask(*suspects)

    # Then
    assert [answer.verdict for answer in answers] == [Verdict.RUN, Verdict.WAIT]
    assert relay.confirm(suspects) == 1


def test_a_copy_that_waits_is_outstanding(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    suspects = relay.publish()
    harness.started("c", other)

    # When
    other.ask(*suspects)

    # Then a worker that dies with it is noticed as for any other copy
    assert ledger.maintenance.outstanding() == {"q": 2}


def test_what_is_not_to_run_does_not_wait_for_its_turn(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given two suspects, of which one may begin, a second copy of what has ended, and a chunk nobody wants
    ended = harness.started("ended")
    worker.succeed("ended")
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    suspects = relay.publish()
    run_file(ledger, "f", [f"{n} 1" for n in range(510)], size=1)
    ledger.maintenance.walk_batches()
    relay.publish()
    (unwanted, *_) = relay.claim()
    ledger.batches.cancel("f")

    # When
    answers = other.ask(*suspects, ended, unwanted)

    # Then
    assert [answer.verdict for answer in answers] == [Verdict.RUN, Verdict.WAIT, Verdict.DROP, Verdict.DROP]
    assert harness.state(unwanted.id) == "REVOKED"


def test_a_suspect_does_not_wait_in_a_pause(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a suspect in the hands of a worker that runs something
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    suspects = relay.publish()
    harness.started("c", other)
    ledger.control.pause("q")

    # When
    answers = other.ask(*suspects)

    # Then
    assert [answer.verdict for answer in answers] == [Verdict.DROP] * 2
    assert (harness.state("a"), harness.state("b")) == ("PENDING", "PENDING")


def test_what_was_cancelled_beside_others_in_a_dead_worker_is_not_tried_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    ledger.control.cancel(["a"])

    # When
    harness.pass_seconds(4, other)

    # Then the worker is refused when it comes back
    assert (harness.state("a"), harness.task("a").crashes) == ("REVOKED", 0)
    assert [copy.id for copy in relay.publish()] == ["b"]
    assert worker.stop("a") is False


def test_a_suspect_that_kills_alone_is_blamed_each_time(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a task that takes its worker along, and a neighbour
    harness.started("killer")
    harness.started("innocent")
    harness.pass_seconds(4)
    killer, innocent = relay.publish()

    # When it is tried alone until the cap
    for n in range(5):
        doomed = Worker(ledger, f"doomed{n:02}")
        doomed.beat()
        doomed.start(killer)
        harness.pass_seconds(4)
        relay.publish()

    # Then
    assert (harness.state("killer"), harness.task("killer").crashes) == ("FAILURE", 5)
    other.start(innocent)
    assert other.succeed("innocent") is True
    assert harness.task("innocent").crashes == 0


def test_a_suspect_whose_worker_lived_is_none_any_more(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a", retries=1, backoff=0.0)
    harness.started("b")
    harness.pass_seconds(4, other)
    first, _ = relay.publish()
    other.start(first)

    # When it fails by itself, and its next attempt comes
    other.fail("a")

    # Then
    assert other.ask(*relay.publish())[0] == StartAnswer(Verdict.RUN, 2, 3, -1, alone=False)


def test_a_suspect_that_is_drained_stays_one(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    first, _ = relay.publish()
    other.start(first)

    # When
    other.release("a")

    # Then
    (copy,) = relay.publish()
    assert other.ask(copy)[0].suspect


def test_a_chunk_is_suspect_until_a_line_has_ended(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a chunk whose worker died, with others in its hands
    worker.beat()
    run_file(harness.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    worker.start(copy)
    harness.started("a")
    harness.pass_seconds(4, other)
    chunk = next(copy for copy in relay.publish() if copy.chunk)

    # When
    (first,) = other.ask(chunk)
    other.finish_lines(chunk.id, b"=2")
    (second,) = other.ask(*relay.publish())

    # Then it goes line by line, and not alone
    assert (first.alone, first.suspect) == (True, True)
    assert (second.alone, second.suspect) == (True, False)
