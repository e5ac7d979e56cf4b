"""Chunks of a file: line by line, a second at a time, and no line stops the others."""

from collections.abc import Callable

from longshore.states import BatchState
from longshore_ledger.records import Chunk, NewBatch
from tests.integration.worker.conftest import Harness


def _upload(harness: Harness, task: str, lines: list[str], retries: int = 0) -> str:
    batch = NewBatch(id="file", task=task, queue=task, digest=b"8 bytes!")
    harness.ledger.batches.open(batch)
    harness.ledger.batches.add("file", 0, [Chunk(1, lines)], retries=retries)
    harness.ledger.batches.close("file")
    return batch.id


def _output(harness: Harness, eventually: Callable[..., object], within: float = 60) -> list[str]:
    def done() -> bool:
        batch = harness.ledger.batches.get("file")
        return batch is not None and batch.state is BatchState.DONE

    eventually(done, within=within)
    return [f"{line.kind}: {line.text}" for line in harness.ledger.batches.output("file")]


def test_a_file_comes_out_line_by_line(harness: Harness, eventually: Callable[..., object]) -> None:
    # Given
    harness.start_worker("-Q", "line", "-c", "2")

    # When: one line is slow, one fails, one is blank, one returns no number
    _upload(harness, "line", ["one", "fail", "", "sleep", "nan", "six"])

    # Then
    assert _output(harness, eventually) == [
        "value: ONE",
        "error: ValueError: as it was told",
        "blank: ",
        "error: took longer than 0.4 s",
        "error: the result: not a finite number",
        "value: SIX",
    ]
    batch = harness.ledger.batches.get("file")
    assert batch is not None
    assert (batch.done, batch.failed) == (6, 3)


def test_a_line_that_kills_its_worker_each_time_is_that_lines_error(
    harness: Harness, eventually: Callable[..., object]
) -> None:
    # Given
    harness.start_worker("-Q", "line", "-c", "2")

    # When
    _upload(harness, "line", ["one", "two", "die", "four"])

    # Then
    one, two, deadly, four = _output(harness, eventually, within=90)
    assert [one, two, four] == ["value: ONE", "value: TWO", "value: FOUR"]
    assert deadly.startswith("error: its worker died 5 times while running it; the last time its process was")
    assert harness.marks().count("dies") == 5


def test_a_line_is_tried_again_as_often_as_the_upload_says(
    harness: Harness, eventually: Callable[..., object]
) -> None:
    # Given
    harness.start_worker("-Q", "line", "-c", "1")

    # When
    _upload(harness, "line", ["second", "fail", "third"], retries=1)

    # Then
    assert _output(harness, eventually) == [
        "value: SECOND",
        "error: ValueError: as it was told",
        "error: ValueError: not yet",
    ]


def test_lines_that_are_no_calls_are_told_apart_from_those_that_fail(
    harness: Harness, eventually: Callable[..., object]
) -> None:
    # Given
    harness.start_worker("-Q", "noop", "-c", "1")

    # When
    _upload(harness, "noop", ["1", "two", "3 4", '{"a": 5}'])

    # Then
    output = _output(harness, eventually)
    assert output[0] == "value: 1"
    assert output[1].startswith("error: a: ")
    assert output[2].startswith("error: expected ")
    assert output[3] == "value: 5"


def test_a_cancelled_file_stops_at_its_next_line(harness: Harness, eventually: Callable[..., object]) -> None:
    # Given
    harness.start_worker("-Q", "nap", "-c", "1")
    _upload(harness, "nap", ["0.2"] * 200)
    eventually(lambda: "ended" in harness.marks(), within=30)

    # When
    harness.ledger.batches.cancel("file")

    # Then
    def revoked() -> bool:
        batch = harness.ledger.batches.get("file")
        return batch is not None and batch.state is BatchState.REVOKED and not _started(harness)

    eventually(revoked)
    assert harness.marks().count("begun") < 50


def _started(harness: Harness) -> bool:
    return any(task.state == "STARTED" for task in harness.tasks(["file.0"]))
