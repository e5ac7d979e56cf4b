"""What is written to a history is read back, whoever wrote it and however its writer ended."""

import threading
from pathlib import Path

import msgspec
import pytest

from longshore_loadtest.history.reader import BadHistory, History, read
from longshore_loadtest.history.record import Call, Gap, Header, Invoke, Line, Ok, decode, encode, task_id
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.verify.seen import sort
from tests.loadtest.telling import good


def _lines(history: History) -> list[Line]:
    return [entry.line for entry in history.entries if not isinstance(entry.line, Header)]


def test_every_line_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    # Given
    lines = good()

    # When
    with Writer(tmp_path / "history.ndjson", run="r", part="main") as writer:
        for line in lines:
            writer.write(line)

    # Then
    assert _lines(read(tmp_path)) == lines


def test_a_header_tells_how_it_was_run(tmp_path: Path) -> None:
    # Given
    with Writer(
        tmp_path / "history.ndjson", run="r", part="main", seed=7, command="run", settings={"window": 5}
    ):
        pass

    # When
    header = read(tmp_path / "history.ndjson").header

    # Then
    assert (header.run, header.part, header.seed, header.command) == ("r", "main", 7, "run")
    assert header.settings == {"window": 5}


def test_parts_are_merged_by_the_wall_clock_of_their_headers(tmp_path: Path) -> None:
    # Given: the main part began 10 s after the marks', and 5 s before the other
    def part(name: str, started_at: str, *ats: float) -> None:
        header = Header(run="r", part=name, started_at=started_at)
        lines = [header, *(Gap(at=at, process=name, reason="reset") for at in ats)]
        (tmp_path / f"history.{name}.ndjson").write_bytes(b"".join(encode(line) + b"\n" for line in lines))

    part("locust-1", "2026-11-21T08:00:15.500000Z", 0.0, 1.0)
    part("main", "2026-11-21T08:00:10.000000Z", 0.0, 6.0)
    part("marks", "2026-11-21T08:00:00.000000Z", 3.0, 10.25)

    # When
    history = read(tmp_path)

    # Then
    told = [
        (entry.at, entry.line.process, entry.where)
        for entry in history.entries
        if isinstance(entry.line, Gap)
    ]
    assert history.header.part == "main"
    assert told == [
        (-7.0, "marks", "history.marks.ndjson:2"),
        (0.0, "main", "history.main.ndjson:2"),
        (0.25, "marks", "history.marks.ndjson:3"),
        (5.5, "locust-1", "history.locust-1.ndjson:2"),
        (6.0, "main", "history.main.ndjson:3"),
        (6.5, "locust-1", "history.locust-1.ndjson:3"),
    ]


def test_a_line_that_its_writer_died_in_is_left_out_and_named(tmp_path: Path) -> None:
    # Given
    path = tmp_path / "history.ndjson"
    with Writer(path, run="r", part="main") as writer:
        writer.write(Gap(at=writer.now(), process="w", reason="reset"))
    with path.open("ab") as file:
        file.write(b'{"kind":"gap","at":1,"pro')

    # When: nothing comes after it, then the writer that took over
    torn_at_the_end = read(path)
    with Writer(path, run="r", part="main") as writer:
        writer.write(Gap(at=writer.now(), process="v", reason="reset"))
    gone_on_with = read(path)

    # Then
    assert torn_at_the_end.torn == gone_on_with.torn == ["history.ndjson:3"]
    assert len(_lines(torn_at_the_end)) == 1
    assert len(_lines(gone_on_with)) == 2


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    # Given
    path = tmp_path / "history.ndjson"
    header = encode(Header(run="r", started_at="2026-11-21T08:00:00Z"))
    gap = encode(Gap(at=1.0, process="w", reason="reset"))
    path.write_bytes(b"\n".join([header, b'{"kind":"gap"}', gap, b""]))

    # Then
    with pytest.raises(BadHistory, match=r"history\.ndjson:2: .*at.*another version of longshore-loadtest"):
        read(path)


def test_a_line_that_is_damaged_is_not_laid_to_another_version(tmp_path: Path) -> None:
    # Given
    path = tmp_path / "history.ndjson"
    header = encode(Header(run="r", started_at="2026-11-21T08:00:00Z"))
    gap = encode(Gap(at=1.0, process="w", reason="reset"))
    path.write_bytes(b"\n".join([header, gap[:-5], gap, b""]))

    # Then
    with pytest.raises(BadHistory, match=r"history\.ndjson:2: ") as bad:
        read(path)
    assert "version" not in str(bad.value)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "no file with a header"),
        ([Gap(at=1.0, process="w", reason="reset")], "begins with its header"),
        (
            [
                Header(run="a", started_at="2026-11-21T08:00:00Z"),
                Header(run="b", started_at="2026-11-21T08:00:00Z"),
            ],
            "different runs: a, b",
        ),
    ],
)
def test_what_is_no_history_is_refused(tmp_path: Path, lines: list[Line], says: str) -> None:
    (tmp_path / "history.ndjson").write_bytes(b"".join(encode(line) + b"\n" for line in lines))
    with pytest.raises(BadHistory, match=says):
        read(tmp_path)


def test_operations_are_told_apart_though_each_writer_counts_from_one(tmp_path: Path) -> None:
    # Given
    for part in ("1", "2", "2"):
        with Writer(tmp_path / f"history.{part}.ndjson", run="r", part=part) as writer:
            calls = [Call(id=task_id("r", f"{part}"), task="t", args=[])]
            writer.write(Invoke(at=writer.now(), op=1, process="p", action="submit", calls=calls))
            if part == "1":
                writer.write(Ok(at=writer.now(), op=1, status=202))

    # When
    operations = sort(read(tmp_path)).operations

    # Then
    assert sorted((one.invoke.line.tasks[0], one.ok is not None) for one in operations) == [
        ("r-1", True),
        ("r-2", False),
        ("r-2", False),
    ]


def test_lines_of_threads_do_not_mix(tmp_path: Path) -> None:
    # Given
    with Writer(tmp_path / "history.ndjson", run="r", part="main") as writer:

        def write(name: str) -> None:
            for _ in range(200):
                writer.write(Gap(at=writer.now(), process=name * 500, reason="reset"))

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]

        # When
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # Then
    assert len(_lines(read(tmp_path))) == 800


def test_a_line_without_a_kind_is_none() -> None:
    with pytest.raises(msgspec.ValidationError, match="kind"):
        decode(b'{"at": 1}')
