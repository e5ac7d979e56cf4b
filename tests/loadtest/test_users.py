"""Users load a real system, and everything they do is in the history."""

import csv
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from longshore_loadtest.history.reader import History, read
from longshore_loadtest.history.record import Complete, Event, Fail, Header, Info, Invoke, Mark, Ok, Sample
from longshore_loadtest.run.generator import generator
from longshore_loadtest.settings import Settings
from longshore_loadtest.verify import verify
from tests.loadtest.stalling import stalling_api

pytestmark = pytest.mark.loadtest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("--time", "5s")` loads a system of its own; its folder is below the test's."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
        command = [sys.executable, "-m", "longshore_loadtest", "run", "--output", str(tmp_path), *words]
        return subprocess.run(
            command, env=inherited, capture_output=True, text=True, timeout=110, check=False
        )

    return run


def _only(folder: Path) -> Path:
    (found,) = folder.glob("run*")
    return found


def _invoked(history: History) -> Counter[str]:
    return Counter(entry.line.action for entry in history.entries if isinstance(entry.line, Invoke))


def _names(folder: Path) -> set[str]:
    with (folder / "locust_stats.csv").open(encoding="utf-8") as file:
        return {f"{row['Type']} {row['Name']}" for row in csv.DictReader(file) if int(row["Request Count"])}


@pytest.mark.slow
def test_a_run_is_loaded_broken_watched_and_judged(run: Run, tmp_path: Path) -> None:
    # When: two Locust processes, whose parts of the history come to the third
    words = ("--faults", "kill-process/worker", "--interval", "3s", "--minimum-age", "0", "--processes", "2")
    done = run("--up", "--retention", "90s", "--time", "8s", "--users", "6", "--rate", "4", *words)

    # Then
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fault kill-process/worker healed" in done.stdout
    folder = _only(tmp_path)
    history = read(folder)
    kinds = Counter(type(entry.line) for entry in history.entries)
    assert {Header, Invoke, Ok, Mark, Event, Sample, Complete} <= kinds.keys()
    assert len({entry.part for entry in history.entries}) == 4
    assert {"submit", "read"} <= _invoked(history).keys()
    assert kinds[Invoke] == kinds[Ok] + kinds[Info] + kinds[Fail]
    assert {"TASK end to end", "TASK queue wait", "POST /v1/tasks"} <= _names(folder)
    assert verify(history).holds
    assert history.header.settings["retention"] == 90
    assert (folder / "report.html").is_file()


def test_where_nobody_answers_it_says_so(run: Run) -> None:
    # When
    done = run("--url", "http://127.0.0.1:9", "--marks-port", "0")

    # Then
    assert done.returncode == 3
    assert "127.0.0.1:9" in done.stderr


@pytest.mark.parametrize("words", [("--faults", "no-such"), ("--time", "soon"), ("--shape", "round")])
def test_what_means_nothing_is_refused_before_anything_is_started(run: Run, words: tuple[str, ...]) -> None:
    # When
    done = run("--up", *words)

    # Then
    assert done.returncode == 2
    assert words[1] in done.stderr


def test_a_system_that_does_not_answer_is_asked_all_the_same(tmp_path: Path) -> None:
    # Given: an API that answers nobody until twenty have asked, and one user
    with stalling_api(enough=20) as (url, stalled):
        settings = Settings(
            url=url, folder=tmp_path, users=1, rate=20.0, seconds=6.0, arrivals="even", patience=2.0
        )

        # When
        with generator(settings, processes=1, workers=0, web=None) as locust:
            status = locust.wait(60)

    # Then
    assert status in (0, 1)
    assert stalled.let_go
    history = read(tmp_path)
    first = next(entry.at for entry in history.entries if isinstance(entry.line, Ok))
    waited = [e.line for e in history.entries if isinstance(e.line, Invoke) and e.line.at < first]
    # A watcher's own submissions come when it listens, and were due at no time.
    submitted = [line for line in waited if line.action == "submit" and "/submitter" in line.process]
    assert len({line.process for line in submitted}) >= 15
    assert [line for line in submitted if line.due is None or line.due > line.at] == []


def test_an_accepted_task_that_is_not_there_is_told_to_the_verdict(tmp_path: Path) -> None:
    # Given: an API that accepts everything, and knows nothing of it afterwards
    with stalling_api(enough=1) as (url, _):
        settings = Settings(
            url=url, folder=tmp_path, users=1, rate=5.0, seconds=3.0, patience=1.0, followed=1.0
        )

        # When
        with generator(settings, processes=1, workers=0, web=None) as locust:
            locust.wait(60)

    # Then: no answer of unknown meaning, but a 404
    history = read(tmp_path)
    reads = {e.line.op for e in history.entries if isinstance(e.line, Invoke) and e.line.action == "read"}
    told = [e.line for e in history.entries if isinstance(e.line, Fail | Info) and e.line.op in reads]
    assert told
    assert all(isinstance(line, Fail) and line.status == 404 for line in told)
