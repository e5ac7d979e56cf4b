"""Batches: chunks run some lines at a time, and every line is counted once."""

import msgspec
import pytest

from longshore.errors import BatchClosed
from longshore.ledger import Ledger
from longshore.ledger.batches import ChunkArgs
from longshore.ledger.records import Admission, CancelAnswer, Chunk, Claimed, Verdict
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, open_file, run_file


def _run_lines(worker: Worker, copies: list[Claimed], text: str = "=ok") -> None:
    for copy in copies:
        worker.start(copy)
        lines = msgspec.json.decode(copy.args, type=ChunkArgs).lines
        worker.finish_lines(copy.id, *[text.encode()] * len(lines))


def _output(ledger: Ledger, id: str) -> list[str]:
    return [f"{line.number} {line.kind} {line.text}".rstrip() for line in ledger.batches.output(id)]


def test_a_file_runs_when_its_upload_has_ended(harbour: Harbour, ledger: Ledger, relay: Relay) -> None:
    # Given
    admission = open_file(ledger, "b", filename="numbers.txt", retries=2, timeout=5.0, priority=7)
    ledger.batches.add("b", 0, [Chunk(1, ["1 2", "3 4"])])
    ledger.batches.add("b", 1, [Chunk(3, ["5 6"])])
    before = relay.claim()

    # When
    ledger.batches.close("b")

    # Then
    assert (admission, before) == (Admission.NEW, [])
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.total, batch.done, batch.failed) == ("RUNNING", 3, 0, 0)
    assert (batch.filename, batch.priority, batch.finished_at) == ("numbers.txt", 7, None)
    first, second = relay.claim()
    assert (first.id, first.chunk, first.timeout, first.priority) == ("b.0", True, 5.0, 7)
    assert msgspec.json.decode(second.args) == {"first": 3, "lines": ["5 6"]}


def test_a_header_goes_with_each_chunk(ledger: Ledger, relay: Relay) -> None:
    # Given
    open_file(ledger, "b", format="csv", header=["a", "b"])
    ledger.batches.add("b", 0, [Chunk(2, ["1,2"])], ["a", "b"])
    ledger.batches.close("b")

    # When
    (copy,) = relay.claim()

    # Then
    assert msgspec.json.decode(copy.args) == {"first": 2, "lines": ["1,2"], "header": ["a", "b"]}


def test_a_batch_ends_with_its_last_line(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    run_file(ledger, "b", ["1 2", "x", "", "3 4"], size=2)
    first, second = relay.publish()
    worker.start(first, second)

    # When
    worker.finish_lines("b.1", b"", b"=7")
    halfway = ledger.batches.get("b"), _output(ledger, "b")
    clock.advance(1)
    worker.finish_lines("b.0", b"=3", b"!expected 2 values")

    # Then
    assert halfway[0] is not None
    assert (halfway[0].state, halfway[0].done) == ("RUNNING", 2)
    assert halfway[1] == ["1 missing not run", "2 missing not run", "3 blank", "4 value 7"]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 4, 1)
    assert batch.finished_at == "2026-11-21T08:00:01.000Z"
    assert _output(ledger, "b") == ["1 value 3", "2 error expected 2 values", "3 blank", "4 value 7"]
    assert [line.number for line in ledger.batches.errors("b")] == [2]
    assert [harbour.state(id) for id in ("b.0", "b.1")] == ["SUCCESS", "SUCCESS"]


def test_a_chunk_goes_on_where_it_stopped(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harbour.ledger, "b", ["1 1", "2 2", "3 3"])
    (copy,) = relay.publish()
    offsets = [worker.start(copy)[0].offset]

    # When it runs a line, and the rest is put back
    worker.finish_lines("b.0", b"=2")
    state = harbour.state("b.0")
    (rest,) = relay.publish()
    offsets.append(other.start(rest)[0].offset)
    other.finish_lines("b.0", b"=4", b"=6")

    # Then
    assert (offsets, state) == ([0, 1], "PENDING")
    assert rest.run != copy.run
    assert _output(harbour.ledger, "b") == ["1 value 2", "2 value 4", "3 value 6"]
    assert harbour.task("b.0").deliveries == 2


def test_a_second_copy_of_a_slice_is_dropped(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harbour.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    worker.start(copy)
    worker.finish_lines("b.0", b"=2")

    # When
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harbour.state("b.0") == "PENDING"


def test_lines_told_again_are_counted_once(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "2 2"])
    worker.start(*relay.publish())
    worker.finish_lines("b.0", b"=2")

    # When the answer was lost
    again = worker.finish_lines("b.0", b"=2")

    # Then
    assert again is True
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.done == 1


def test_late_lines_of_another_token_are_refused(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    worker.beat()
    run_file(ledger, "b", ["1 1", "2 2"])
    worker.start(*relay.publish())
    harbour.pass_seconds(4, other)
    harbour.deliver(other)

    # When
    late = worker.finish_lines("b.0", b"=2")
    from longshore.ledger.records import FinishLines

    unknown = ledger.runs.finish_lines([FinishLines("nobody", "worker01.1", [b"=1"], 0, 1)])

    # Then
    assert (late, unknown) == (False, [False])
    assert ledger.metrics.counters()["fenced", "q", "add"] == 1
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.done == 0


def test_a_slice_of_nothing_is_put_back(harbour: Harbour, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(harbour.ledger, "b", ["1 1"])
    worker.start(*relay.publish())

    # When
    recorded = worker.finish_lines("b.0")

    # Then
    assert recorded is True
    assert harbour.state("b.0") == "PENDING"
    assert harbour.ledger.batches.pace("add") is None


def test_the_lines_of_several_chunks_go_in_one_commit(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "2 2", "3 3"], size=2)
    worker.start(*relay.publish())

    # When
    from longshore.ledger.records import FinishLines

    answers = ledger.runs.finish_lines(
        [
            FinishLines("b.0", worker.tokens["b.0"], [b"=2", b"=4"], 0, 10),
            FinishLines("b.1", worker.tokens["b.1"], [b"=6"], 0, 10),
        ]
    )

    # Then
    assert answers == [True, True]
    assert _output(ledger, "b") == ["1 value 2", "2 value 4", "3 value 6"]


def test_the_pace_of_a_task_is_measured_by_the_line(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(20)], size=10)
    first, second = relay.publish()
    worker.start(first, second)

    # When
    worker.finish_lines("b.0", *[b"=1"] * 10, runtime_us=100_000)
    measured = ledger.batches.pace("add")
    worker.finish_lines("b.1", *[b"=1"] * 10, runtime_us=200_000)

    # Then later lines weigh a fifth
    assert measured == pytest.approx(0.01)
    assert ledger.batches.pace("add") == pytest.approx(0.012)
    assert ledger.batches.pace("sub") is None


def test_a_chunk_goes_line_by_line_after_a_death(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harbour.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    before = worker.start(copy)[0].careful

    # When
    worker.release("b.0", "death", death=True)

    # Then
    assert (before, harbour.deliver(other)[0].careful) == (False, True)


def test_a_chunk_taken_over_goes_line_by_line(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    worker.beat()
    run_file(harbour.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    worker.start(copy)
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)

    # When
    answer = other.ask(copy)[0]

    # Then
    assert (answer.verdict, answer.careful, answer.offset) == (Verdict.RUN, True, 0)


def test_a_line_that_kills_each_time_is_that_lines_error(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "kill", "3 3"])
    (copy,) = relay.publish()
    worker.start(copy)
    worker.finish_lines("b.0", b"=2")

    # When
    for _ in range(5):
        assert harbour.deliver(worker)[0].offset == 1
        worker.release("b.0", "death", death=True)
    assert harbour.deliver(worker)[0].offset == 2
    worker.release("b.0", "death", death=True)  # The next line has five deaths of its own.
    assert harbour.deliver(worker)[0].offset == 2
    worker.finish_lines("b.0", b"=6")

    # Then
    assert _output(ledger, "b") == [
        "1 value 2",
        "2 error its worker died 5 times while running it",
        "3 value 6",
    ]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 3, 1)


def test_deaths_are_counted_by_the_line(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a chunk in which two lines kill four times each
    run_file(ledger, "b", ["a", "b"])

    # When
    for line in (b"=1", b"=2"):
        for _ in range(4):
            harbour.deliver(worker)
            worker.release("b.0", "death", death=True)
        harbour.deliver(worker)
        worker.finish_lines("b.0", line)

    # Then
    assert _output(ledger, "b") == ["1 value 1", "2 value 2"]


def test_the_last_line_may_be_the_one_that_kills(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["kill"])
    for _ in range(4):
        harbour.deliver(worker)
        worker.release("b.0", "death", death=True)
    worker.beat()
    harbour.deliver(worker)

    # When the whole worker dies of it
    harbour.pass_seconds(4, other)

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.failed, harbour.state("b.0")) == ("DONE", 1, "SUCCESS")
    assert worker.finish_lines("b.0", b"=1") is False


def test_an_empty_file_is_done_at_once(ledger: Ledger) -> None:
    # When
    run_file(ledger, "b", [])

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.total) == ("DONE", 0)
    assert _output(ledger, "b") == []


def test_a_long_file_is_made_ready_in_walks(harbour: Harbour, ledger: Ledger, relay: Relay) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(1200)], size=1)
    first = ledger.outbox.backlog()

    # When
    walks = []
    while visited := ledger.upkeep.walk_batches(limit=300):
        walks.append(visited)

    # Then
    assert first == {"q": 500}
    assert walks == [300, 300, 100]
    assert ledger.outbox.backlog() == {"q": 1200}


def test_chunks_that_ran_before_the_walk_came_are_not_run_again(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(600)], size=1)
    _run_lines(worker, relay.publish())

    # When
    ledger.upkeep.walk_batches()

    # Then
    assert ledger.outbox.backlog() == {"q": 100}
    _run_lines(worker, relay.publish())
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.state == "DONE"


def test_many_walks_are_gone_on_with(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given two long files, and an upload that stops before its first chunk
    for id in ("a", "b"):
        run_file(ledger, id, [f"{n} 1" for n in range(550)], size=1)

    # When
    visited = [ledger.upkeep.walk_batches(), ledger.upkeep.walk_batches(), ledger.upkeep.walk_batches()]

    # Then
    assert visited == [50, 50, 0]


def test_closing_again_changes_nothing(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])

    # When the answer was lost
    ledger.batches.close("b")
    _run_lines(worker, relay.publish())
    ledger.batches.close("b")

    # Then
    assert _output(ledger, "b") == ["1 value ok"]


def test_a_batch_that_is_not_there_is_not_closed(ledger: Ledger) -> None:
    # When
    with pytest.raises(BatchClosed):
        ledger.batches.close("nobody")

    # Then
    assert ledger.batches.get("nobody") is None
    assert list(ledger.batches.output("nobody")) == []
    assert ledger.batches.cancel("nobody") is CancelAnswer.UNKNOWN
    assert ledger.batches.retry_failed("nobody") == 0


def test_a_cancelled_batch_runs_no_more(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given chunks in every place
    run_file(ledger, "b", [f"{n} 1" for n in range(12)], size=2)
    done, running, queued = relay.publish(limit=3)
    (claimed,) = relay.claim(limit=1)
    (delayed,) = relay.publish(limit=1)
    _run_lines(worker, [done])
    worker.start(running)
    worker.refuse(delayed, delay=1.0)

    # When
    answer = ledger.batches.cancel("b")

    # Then
    assert answer is CancelAnswer.REVOKED
    assert [harbour.state(f"b.{n}") for n in range(6)] == ["SUCCESS", "STARTED"] + ["REVOKED"] * 4
    assert relay.claim() == []
    clock.advance(2)
    assert ledger.outbox.move_due() == 0
    assert other.ask(queued)[0].verdict is Verdict.DROP
    assert relay.confirm([claimed]) == 0
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.finished_at) == ("REVOKED", 2, "2026-11-21T08:00:00.000Z")
    assert worker.beat().cancelled == ["b.1"]


def test_lines_that_ran_when_the_batch_was_cancelled_are_recorded(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "2 2"])
    worker.start(*relay.publish())
    ledger.batches.cancel("b")
    assert worker.beat().cancelled == ["b.0"]

    # When
    recorded = worker.finish_lines("b.0", b"=2")

    # Then
    assert recorded is True
    assert harbour.state("b.0") == "REVOKED"
    assert _output(ledger, "b") == ["1 value 2", "2 missing not run"]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done) == ("REVOKED", 1)
    assert worker.beat().cancelled == []


def test_a_batch_stays_revoked_though_its_last_line_came(
    ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])
    worker.start(*relay.publish())
    ledger.batches.cancel("b")

    # When
    worker.finish_lines("b.0", b"=2")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done) == ("REVOKED", 1)


def test_chunks_are_not_started_before_the_walk_revokes_them(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a long file, cancelled while chunks behind the first walk were in the broker, running, and drained
    run_file(ledger, "b", [f"{n} 1" for n in range(510 * 2)], size=2)
    ledger.upkeep.walk_batches()
    relay.publish()
    behind = relay.publish()
    assert [copy.id for copy in behind] == [f"b.{n}" for n in range(500, 510)]
    worker.beat()
    worker.start(*behind[1:5])
    ledger.batches.cancel("b")

    # When
    verdict = other.ask(behind[0])[0].verdict
    other.refuse(behind[5])
    worker.release(behind[1].id)
    worker.release(behind[2].id, "death", death=True)
    worker.finish_lines(behind[3].id, b"=1")
    harbour.pass_seconds(4, other)

    # Then none of them goes on
    assert verdict is Verdict.DROP
    assert [harbour.state(copy.id) for copy in behind[:6]] == ["REVOKED"] * 6
    assert harbour.state(behind[6].id) == "QUEUED"
    assert ledger.upkeep.walk_batches() == 10
    assert harbour.state(behind[6].id) == "REVOKED"


def test_a_copy_faster_than_its_confirm_is_revoked_with_its_batch(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a chunk that the walk has not reached, claimed and not confirmed
    run_file(ledger, "b", [f"{n} 1" for n in range(510)], size=1)
    ledger.upkeep.walk_batches()
    relay.publish()
    behind = relay.claim()
    ledger.batches.cancel("b")

    # When
    worker.ask(*behind)
    confirmed = relay.confirm(behind)

    # Then
    assert confirmed == 0
    assert {harbour.state(copy.id) for copy in behind} == {"REVOKED"}


def test_cancelling_again_or_too_late_changes_nothing(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "a", ["1 1"])
    run_file(ledger, "b", ["1 1"])
    ledger.batches.cancel("a")
    _run_lines(worker, relay.publish())

    # When
    answers = ledger.batches.cancel("a"), ledger.batches.cancel("b")

    # Then
    assert answers == (CancelAnswer.REVOKED, CancelAnswer.FINISHED)


def test_batches_are_paged_the_newest_first(ledger: Ledger) -> None:
    # Given
    for id in "abcde":
        open_file(ledger, id)

    # When
    pages = [ledger.batches.page(limit=2)]
    while pages[-1].next:
        pages.append(ledger.batches.page(pages[-1].next, limit=2))

    # Then
    assert ["".join(batch.id for batch in page.items) for page in pages] == ["ed", "cb", "a"]
    assert pages[0].items[0].state == "OPEN"


def test_a_long_output_is_read_in_parts(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(150)], size=1)
    _run_lines(worker, relay.publish())

    # When
    numbers = [line.number for line in ledger.batches.output("b")]

    # Then
    assert numbers == list(range(1, 151))


def test_more_chunks_than_a_script_takes_are_added_in_slices(
    harbour: Harbour, ledger: Ledger, relay: Relay
) -> None:
    # Given
    open_file(ledger, "b")

    # When
    ledger.batches.add("b", 0, chunks_of([f"{n} 1" for n in range(1100)], 1))
    ledger.batches.close("b")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.total == 1100
    assert harbour.task("b.1099").args == msgspec.Raw(b'{"first":1100,"lines":["1099 1"]}')


def test_counters_tell_of_chunks(harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])

    # When
    _run_lines(worker, relay.publish())

    # Then
    assert {name: n for (name, _, _), n in ledger.metrics.counters().items()} == {
        "submitted": 1,
        "succeeded": 1,
    }
    assert ledger.metrics.histograms()["run", "q"] == {2: 1}


def test_thousands_of_lines_are_recorded_in_one_commit(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 5000, size=5000)
    worker.start(*relay.publish())

    # When
    worker.finish_lines("b.0", *[b"=2"] * 5000)

    # Then
    assert sum(line.text == "2" for line in ledger.batches.output("b")) == 5000
