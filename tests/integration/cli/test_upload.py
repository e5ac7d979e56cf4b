"""Files from a shell."""

import threading
from pathlib import Path

import pytest

from tests.integration.api.stand_in import StandInWorker
from tests.services.waiting import Eventually

from .conftest import Longshore, Said


@pytest.fixture
def upload(
    longshore: Longshore, url: str, worker: StandInWorker, eventually: Eventually, tmp_path: Path
) -> Longshore:
    """Upload a file of these lines to `add` while a worker works."""

    def run(text: str, *words: str) -> Said:
        (tmp_path / "numbers.txt").write_text(text)
        said: list[Said] = []
        words = ("upload", "numbers.txt", "--task", "add", *words)
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
