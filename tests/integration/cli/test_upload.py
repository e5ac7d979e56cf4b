"""Files from a shell."""

import os
import threading
from pathlib import Path

import pytest

from longshore import Client
from tests.integration.api.stand_in import StandInWorker
from tests.services.waiting import Eventually

from .conftest import Longshore, Said


@pytest.fixture
def upload(
    longshore: Longshore, url: str, worker: StandInWorker, eventually: Eventually, tmp_path: Path
) -> Longshore:
    """Upload a file of these lines to `add` while a worker works."""

    def run(text: str, *words: str, source: str = "numbers.txt") -> Said:
        (tmp_path / "numbers.txt").write_text(text)
        said: list[Said] = []
        words = ("upload", source, "--task", "add", *words)
        uploading = threading.Thread(target=lambda: said.append(longshore(*words, url=url)))
        uploading.start()
        eventually(lambda: worker.run("add"), within=30)
        uploading.join(30)
        return said[0]

    return run


def test_the_output_lies_beside_the_input(upload: Longshore, tmp_path: Path) -> None:
    said = upload("1 2\n3 4\n")

    assert said.status == 0
    assert (tmp_path / "numbers.txt.out").read_text() == "3\n7\n"
    assert "2 lines, 0 failed" in said.err
    assert said.out == ""


def test_failed_lines_are_listed_and_show_in_the_status(upload: Longshore, tmp_path: Path) -> None:
    said = upload("1 2\n3 x\n\n5 6\n", "-o", "out.txt")

    assert said.status == 1
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert (lines[0], lines[2], lines[3]) == ("3", "", "11")
    assert lines[1].startswith("error: line 2: ")
    assert lines[1] in said.err


def test_the_output_can_be_piped(upload: Longshore) -> None:
    assert upload("1 2\n3 4\n", "-o", "-").out == "3\n7\n"


def test_a_pipe_is_sent_as_it_comes_and_its_results_go_to_stdout(upload: Longshore, tmp_path: Path) -> None:
    # Given a FIFO, which has no length and can be read once
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writing = threading.Thread(target=lambda: fifo.write_text("1 2\n3 4\n"))
    writing.start()

    # When
    said = upload("", source="fifo")

    # Then
    writing.join(30)
    assert (said.status, said.out) == (0, "3\n7\n")
    assert "2 lines, 0 failed; output on stdout" in said.err
    assert fifo.is_fifo()


def test_a_target_that_is_wrong_is_refused_before_anything_runs(
    longshore: Longshore, url: str, tmp_path: Path
) -> None:
    # Given
    (tmp_path / "numbers.txt").write_text("1 2\n")
    (tmp_path / "numbers.txt.out").write_text("somebody's\n")
    words = ("upload", "numbers.txt", "--task", "add")

    # When
    there = longshore(*words, url=url)
    itself = longshore(*words, "-o", "numbers.txt", url=url)
    nowhere = longshore(*words, "-o", "no-such-folder/out", url=url)

    # Then
    assert (there.status, itself.status, nowhere.status) == (2, 2, 2)
    assert "--output numbers.txt.out replaces it" in there.err
    assert (tmp_path / "numbers.txt").read_text() == "1 2\n"
    assert (tmp_path / "numbers.txt.out").read_text() == "somebody's\n"
    with Client(url, "") as client:
        assert list(client.tasks()) == []


def test_an_output_that_was_not_written_can_be_fetched_by_the_id_that_is_told(
    upload: Longshore, longshore: Longshore, url: str, tmp_path: Path
) -> None:
    # When
    said = upload("b,a\n1,2\n", "--format", "csv", "-o", "/dev/full")

    # Then
    assert said.status == 1
    assert said.err.startswith("batch ")
    fetch = said.err.splitlines()[-1].partition("longshore ")[2].replace("FILE", "out.txt").split()
    assert longshore(*fetch, url=url).status == 0
    assert (tmp_path / "out.txt").read_text().splitlines()[-1] == "3"
    assert longshore(*fetch[:-1], "-", url=url).out == (tmp_path / "out.txt").read_text()


def test_programs_get_json(upload: Longshore) -> None:
    said = upload("1 2\n3 x\n", "--json").json

    assert (said["batch"]["total"], said["batch"]["failed"]) == (2, 1)
    assert said["output"].endswith("numbers.txt.out")
    assert [line[:14] for line in said["errors"]] == ["error: line 2:"]


def test_detached_it_prints_the_id_and_goes_on(longshore: Longshore, url: str, tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("1 2\n")

    said = longshore("upload", "numbers.txt", "--task", "add", "--detach", url=url)

    status = longshore("status", said.out.strip(), "--json", url=url)
    assert status.json["state"] == "RUNNING"
    assert longshore("wait", said.out.strip(), "--timeout", "0.1", url=url).status == 5


def test_a_file_that_is_not_there_or_no_text_is_refused(
    longshore: Longshore, url: str, tmp_path: Path
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x00\x00")

    missing = longshore("upload", "no-such.txt", "--task", "add", url=url)
    binary = longshore("upload", "picture.png", "--task", "add", url=url)

    assert (missing.status, binary.status) == (2, 4)
    assert "no-such.txt" in missing.err
    assert "line 1" in binary.err
    assert not (tmp_path / "picture.png.out").exists()
