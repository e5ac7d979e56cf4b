"""Watching from a shell, until Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from longshore.client import Client
from tests.integration.api.stand_in import StandInWorker
from tests.services.program import Program
from tests.services.waiting import Eventually

from .conftest import Longshore

Watch = Callable[..., Program]


@pytest.fixture
def watch(url: str, tmp_path: Path) -> Iterator[Watch]:
    """`watch("--queue", "add")`: the command, as it runs in a shell whose output goes elsewhere."""
    programs: list[Program] = []

    def start(*words: str) -> Program:
        program = Program(
            [sys.executable, "-m", "longshore_cli", "watch", *words],
            tmp_path / f"{len(programs)}.log",
            _environment(url, tmp_path),
        )
        program.start()
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.stop(within=10)


def _environment(url: str, directory: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    return inherited | {"LONGSHORE_URL": url, "LONGSHORE_DATA": str(directory / "no-data"), "TERM": "xterm"}


def _lines(program: Program) -> list[str]:
    return program.log().splitlines()


def _interrupt(program: Program) -> int:
    program.process.send_signal(signal.SIGINT)
    return int(program.wait(within=20))


def test_the_whole_is_a_line_a_second(watch: Watch, eventually: Eventually) -> None:
    # When
    program = watch()

    # Then
    eventually(lambda: len(_lines(program)) >= 3)
    assert _lines(program)[0].split("\t")[:3] == ["at", "waiting", "started"]
    assert len(_lines(program)[1].split("\t")) == 8
    assert _interrupt(program) == 0
    assert "Traceback" not in program.log()


def test_what_happens_to_some_tasks_is_a_line_an_event(
    url: str, watch: Watch, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given two who listen, as soon as they do
    program, followed = watch("--queue", "add", "--json"), watch("--task", "divide")
    with Client(url, "") as client:

        def both_listen() -> bool:
            client.submit("add", 1, 2)
            client.submit("divide", 1, 2)
            return bool(_lines(program) and _lines(followed))

        eventually(both_listen, every=0.5)

        # When
        client.submit("divide", 1, 2, id="t1")
        client.submit("add", 1, 2, id="t2")
        worker.run("divide")
        worker.run("add")

    # Then
    eventually(lambda: any('"t2","state":"SUCCESS"' in line for line in _lines(program)))
    events = [json.loads(line) for line in _lines(program)]
    assert {event["queue"] for event in events if event["event"] == "task"} == {"add"}
    eventually(lambda: any("\tt1\tSUCCESS\t" in line for line in _lines(followed)))
    rows = [line.split("\t")[1:] for line in _lines(followed)]
    assert rows[0] == ["id", "state", "task", "queue"]
    assert [row for row in rows if row[0] == "t1"][-1] == ["t1", "SUCCESS", "divide", "divide"]
    assert {row[2] for row in rows[1:]} == {"divide"}
    assert (_interrupt(program), _interrupt(followed)) == (0, 0)


def test_at_a_terminal_it_is_a_screen(url: str, tmp_path: Path) -> None:
    # Given
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "longshore_cli", "watch"]
    with (
        Client(url, "") as client,
        subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=_environment(url, tmp_path)
        ) as process,
    ):
        os.close(theirs)
        client.submit("add", 1, 2)

        # When
        shown = b""
        while b"PENDING" not in shown:
            shown += os.read(ours, 4096)

        # Then it has the terminal to itself, and gives it back
        assert b"\x1b[?1049h" in shown
        process.send_signal(signal.SIGINT)
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:
            pass  # it has closed its end
        assert process.wait(20) == 0
    os.close(ours)
    assert b"\x1b[?1049l" in shown
    assert b"Traceback" not in shown


def test_a_state_that_is_none_is_refused(longshore: Longshore, url: str) -> None:
    # Given
    said = longshore("watch", "--state", "gone", url=url)

    # Then
    assert said.status == 2
