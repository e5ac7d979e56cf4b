"""Submission: what is accepted, what is known already, and in which order it goes out."""

from longshore_ledger import Ledger
from longshore_ledger.connection import MOST_ITEMS, PREFIX
from longshore_ledger.records import Admission
from tests.integration.ledger.actors import Harness, Relay, Worker, new_task
from tests.integration.ledger.clock import Clock


def test_an_accepted_task_waits_in_the_ledger(harness: Harness, ledger: Ledger) -> None:
    # When
    admissions = harness.submit("a", timeout=30.0, priority=7)

    # Then
    assert admissions == [Admission.NEW]
    task = harness.task("a")
    assert (task.state, task.task, task.queue, task.priority) == ("PENDING", "add", "q", 7)
    assert (bytes(task.args), task.result, task.error) == (b"[1,2]", None, None)
    assert (task.attempt, task.deliveries, task.worker, task.due_at) == (1, 0, None, None)
    assert task.submitted_at == "2026-11-21T08:00:00.000Z"


def test_the_same_submission_again_is_the_same_task(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit("a")

    # When
    again = harness.submit("a")

    # Then
    assert again == [Admission.REPEATED]
    assert [copy.id for copy in relay.claim()] == ["a"]


def test_another_payload_under_the_same_id_is_refused(harness: Harness) -> None:
    # Given
    harness.submit("a")

    # When
    other = harness.submit("a", args=b"[9,9]")

    # Then
    assert other == [Admission.CONFLICT]
    assert bytes(harness.task("a").args) == b"[1,2]"


def test_a_finished_task_is_known_as_well(harness: Harness) -> None:
    # Given
    harness.finished("a")

    # When
    again = harness.submit("a")

    # Then
    assert again == [Admission.REPEATED]
    assert harness.state("a") == "SUCCESS"


def test_each_of_many_gets_its_answer_in_order(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    harness.submit("known")

    # When
    answers = ledger.intake.submit(
        [new_task("x"), new_task("known"), new_task("x"), new_task("x", args=b"[]"), new_task("y")]
    )

    # Then
    assert [answer.name for answer in answers] == ["NEW", "REPEATED", "REPEATED", "CONFLICT", "NEW"]
    assert [copy.id for copy in relay.claim()] == ["known", "x", "y"]


def test_more_than_a_script_takes_are_accepted_in_slices(ledger: Ledger, relay: Relay) -> None:
    # When
    ids = [f"t{n}" for n in range(MOST_ITEMS * 2 + 1)]
    answers = ledger.intake.submit([new_task(id) for id in ids])

    # Then
    assert set(answers) == {Admission.NEW}
    assert [copy.id for copy in relay.claim(limit=1000) + relay.claim(limit=1000)] == ids[:1000]
    assert [copy.id for copy in relay.claim(window=2000)] == ids[1000:]


def test_large_arguments_go_in_slices_of_a_megabyte(ledger: Ledger, relay: Relay) -> None:
    # When
    args = b'["' + b"x" * 400_000 + b'"]'
    ledger.intake.submit([new_task(f"t{n}", args=args) for n in range(7)])

    # Then
    assert [copy.args for copy in relay.claim()] == [args] * 7


def test_a_high_priority_overtakes_and_equals_keep_their_order(harness: Harness, relay: Relay) -> None:
    # Given
    harness.submit("low", priority=0)
    harness.submit("b", "c")
    harness.submit("high", priority=9)
    harness.submit("d")

    # When
    claimed = relay.claim()

    # Then
    assert [copy.id for copy in claimed] == ["high", "b", "c", "d", "low"]
    assert [copy.priority for copy in claimed] == [9, 4, 4, 4, 0]


def test_tasks_keep_their_order_when_the_clock_falls_back(
    harness: Harness, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("first")
    clock.jump(-3600)
    harness.submit("second")
    clock.jump(7200)

    # When
    harness.submit("third")

    # Then
    assert [copy.id for copy in relay.claim()] == ["first", "second", "third"]


def test_a_delayed_task_is_ready_when_its_time_has_come(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    harness.submit("later", delay=5.0)
    harness.submit("at", due=clock.seconds + 6.0)
    assert (harness.task("later").due_at, harness.task("at").due_at) == (
        "2026-11-21T08:00:05.000Z",
        "2026-11-21T08:00:06.000Z",
    )

    # When
    clock.advance(4.9)
    early = ledger.outbox.move_due(), relay.claim()
    clock.advance(0.2)
    first = ledger.outbox.move_due(), [copy.id for copy in relay.claim()]
    clock.advance(1)
    second = ledger.outbox.move_due(), [copy.id for copy in relay.claim()]

    # Then
    assert early == (0, [])
    assert first == (1, ["later"])
    assert second == (1, ["at"])


def test_what_is_due_is_moved_in_parts(harness: Harness, ledger: Ledger, relay: Relay, clock: Clock) -> None:
    # Given
    harness.submit("a", "b", "c", delay=1.0)
    clock.advance(2)

    # When
    moved = [ledger.outbox.move_due(limit=2) for _ in range(3)]

    # Then
    assert moved == [2, 1, 0]
    assert [copy.id for copy in relay.claim()] == ["a", "b", "c"]


def test_a_time_that_has_passed_is_now(harness: Harness, relay: Relay, clock: Clock) -> None:
    # When
    harness.submit("past", due=clock.seconds - 10)
    harness.submit("now", due=clock.seconds)

    # Then
    assert [copy.id for copy in relay.claim()] == ["past", "now"]
    assert harness.task("past").due_at is None


def test_a_submission_wakes_one_relay(harness: Harness, ledger: Ledger) -> None:
    # Given
    server = ledger.connection.redis

    # When
    harness.submit("a")
    harness.submit("b")

    # Then one call was made, and answered by who waits
    assert server.llen(f"{PREFIX}:wake") == 1
    ledger.outbox.wait(4)
    assert server.llen(f"{PREFIX}:wake") == 0


def test_what_is_due_wakes_a_relay_too(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    harness.submit("a", delay=1.0)
    assert not ledger.connection.redis.exists(f"{PREFIX}:wake")
    clock.advance(1)

    # When
    ledger.outbox.move_due()

    # Then
    assert ledger.connection.redis.llen(f"{PREFIX}:wake") == 1
    assert ledger.outbox.backlog() == {"q": 1}


def test_the_id_of_a_chunk_is_taken(harness: Harness, worker: Worker, ledger: Ledger) -> None:
    # Given
    from tests.integration.ledger.files import run_file

    run_file(ledger, "b", ["1 2"])

    # When
    answer = harness.submit("b.0")

    # Then
    assert answer == [Admission.CONFLICT]
    assert harness.task("b.0").batch == "b"


def test_a_plan_that_outlived_its_task_is_forgotten(ledger: Ledger, clock: Clock) -> None:
    # Given what no script leaves behind
    server = ledger.connection.redis
    server.zadd(f"{PREFIX}:due", {"ghost": clock.us})

    # When
    moved = ledger.outbox.move_due()

    # Then
    assert moved == 1
    assert not server.exists(f"{PREFIX}:due", f"{PREFIX}:ready:q")


def test_tasks_of_one_call_are_runs_of_their_own(harness: Harness, relay: Relay) -> None:
    # When
    harness.submit("a", "b")

    # Then
    first, second = relay.claim()
    assert first.run != second.run


def test_a_plan_for_a_task_that_has_ended_is_forgotten(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given what no script leaves behind
    harness.finished("done")
    ledger.connection.redis.zadd(f"{PREFIX}:due", {"done": clock.us})

    # When
    ledger.outbox.move_due()

    # Then
    assert ledger.outbox.backlog() == {}
