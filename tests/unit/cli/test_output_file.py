"""Where results go: looked at first, and never half-written."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from longshore_cli.output_file import OutputFile, OutputNotWritten, OutputRefused


def _write(path: Path, *pieces: bytes) -> None:
    with closing(OutputFile(path)) as output:
        output.write(pieces, "some-batch")


def test_a_new_file_is_written_whole(tmp_path: Path) -> None:
    _write(tmp_path / "out", b"3\n", b"7\n")

    assert (tmp_path / "out").read_bytes() == b"3\n7\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_what_is_there_stays_until_all_of_the_new_is_written(tmp_path: Path) -> None:
    # Given a file of somebody's with a mode of its own
    out = tmp_path / "out"
    out.write_bytes(b"old")
    out.chmod(0o640)

    def breaks() -> Iterator[bytes]:
        yield b"new"
        raise ConnectionError

    # When the output breaks off
    with pytest.raises(OutputNotWritten), closing(OutputFile(out)) as output:
        output.write(breaks(), "some-batch")

    # Then nothing has changed
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]

    # When it comes whole
    _write(out, b"new")
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    # Given a link to a file elsewhere, and one to none yet
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_bytes(b"old")
    for name in ("file", "none"):
        (tmp_path / name).symlink_to(tmp_path / "there" / name)

    # When
    for name in ("file", "none"):
        _write(tmp_path / name, b"new")

    # Then
    assert all((tmp_path / name).is_symlink() for name in ("file", "none"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()} == {
        "file": b"new",
        "none": b"new",
    }


def test_a_fifo_stays_one_and_is_written_into(tmp_path: Path) -> None:
    # Given
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
    reader.start()

    # When
    _write(fifo, b"3\n")

    # Then
    reader.join(30)
    assert read == [b"3\n"]
    assert fifo.is_fifo()


def test_the_input_is_never_the_output(tmp_path: Path) -> None:
    # Given a file by three names
    source = tmp_path / "in"
    source.write_bytes(b"1 2\n")
    os.link(source, tmp_path / "hard")
    (tmp_path / "soft").symlink_to(source)

    # Then
    for name in ("in", "hard", "soft"):
        with pytest.raises(OutputRefused, match="the file that is uploaded"):
            OutputFile(tmp_path / name, source.stat())
    assert source.read_bytes() == b"1 2\n"


def test_where_nothing_can_be_written_is_found_out_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    for name, reason in {
        ".": "this is a folder",
        "no-such/out": "no such file or directory",
        "file/out": "not a directory",
        "loop": "",
        "x" * 300: "file name too long",
    }.items():
        with pytest.raises(OutputRefused, match=f": {reason}"):
            OutputFile(tmp_path / name)
    with pytest.raises(OutputRefused, match="there already; --output"):
        OutputFile(tmp_path / "file", replace=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_full_costs_no_batch() -> None:
    with pytest.raises(OutputNotWritten, match="longshore wait some-batch --output FILE"):
        _write(Path("/dev/full"), b"x" * 100_000)
