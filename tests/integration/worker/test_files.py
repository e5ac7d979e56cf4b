"""Chunks of a file: line by line, a second at a time, and no line stops the others."""

from collections.abc import Callable

from longshore.ledger.records import Chunk, NewBatch
from longshore.states import BatchState
from tests.integration.worker.conftest import Harbour


def _upload(harbour: Harbour, task: str, lines: list[str], retries: int = 0) -> str:
    batch = NewBatch(id="file", task=task, queue=task, digest=b"8 bytes!")
    harbour.ledger.batches.open(batch)
    harbour.ledger.batches.add("file", 0, [Chunk(1, lines)], retries=retries)
    harbour.ledger.batches.close("file")
    return batch.id


def _output(harbour: Harbour, eventually: Callable[..., object], within: float = 60) -> list[str]:
    def done() -> bool:
        batch = harbour.ledger.batches.get("file")
        return batch is not None and batch.state is BatchState.DONE

    eventually(done, within=within)
    return [f"{line.kind}: {line.text}" for line in harbour.ledger.batches.output("file")]


def test_a_file_comes_out_line_by_line(harbour: Harbour, eventually: Callable[..., object]) -> None:
    # Given
    harbour.start_worker("-Q", "line", "-c", "2")

    # When: one line is slow, one fails, one is blank, one returns no number
    _upload(harbour, "line", ["one", "fail", "", "sleep", "nan", "six"])

    # Then
    assert _output(harbour, eventually) == [
        "value: ONE",
        "error: ValueError: as it was told",
        "blank: ",
        "error: took longer than 0.4 s",
        "error: the result: not a finite number",
        "value: SIX",
    ]
    batch = harbour.ledger.batches.get("file")
    assert batch is not None
    assert (batch.done, batch.failed) == (6, 3)


def test_a_line_that_kills_its_worker_each_time_is_that_lines_error(
    harbour: Harbour, eventually: Callable[..., object]
) -> None:
    # Given
    harbour.start_worker("-Q", "line", "-c", "2")

    # When
    _upload(harbour, "line", ["one", "two", "die", "four"])

    # Then
    assert _output(harbour, eventually, within=90) == [
        "value: ONE",
        "value: TWO",
        "error: its worker died 5 times while running it",
        "value: FOUR",
    ]
    assert harbour.marks().count("dies") == 5


def test_a_line_is_tried_again_as_often_as_the_upload_says(
    harbour: Harbour, eventually: Callable[..., object]
) -> None:
    # Given
    harbour.start_worker("-Q", "line", "-c", "1")

    # When
    _upload(harbour, "line", ["second", "fail", "third"], retries=1)

    # Then
    assert _output(harbour, eventually) == [
        "value: SECOND",
        "error: ValueError: as it was told",
        "error: ValueError: not yet",
    ]


def test_lines_that_are_no_calls_are_told_apart_from_those_that_fail(
    harbour: Harbour, eventually: Callable[..., object]
) -> None:
    # Given
    harbour.start_worker("-Q", "noop", "-c", "1")

    # When
    _upload(harbour, "noop", ["1", "two", "3 4", '{"a": 5}'])

    # Then
    output = _output(harbour, eventually)
    assert output[0] == "value: 1"
    assert output[1].startswith("error: a: ")
    assert output[2].startswith("error: expected ")
    assert output[3] == "value: 5"


def test_a_cancelled_file_stops_at_its_next_line(harbour: Harbour, eventually: Callable[..., object]) -> None:
    # Given
    harbour.start_worker("-Q", "nap", "-c", "1")
    _upload(harbour, "nap", ["0.2"] * 200)
    eventually(lambda: "ended" in harbour.marks(), within=30)

    # When
    harbour.ledger.batches.cancel("file")

    # Then
    def revoked() -> bool:
        batch = harbour.ledger.batches.get("file")
        return batch is not None and batch.state is BatchState.REVOKED and not _started(harbour)

    eventually(revoked)
    assert harbour.marks().count("begun") < 50


def _started(harbour: Harbour) -> bool:
    return any(task.state == "STARTED" for task in harbour.tasks(["file.0"]))
