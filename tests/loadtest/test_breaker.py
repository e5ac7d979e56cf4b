"""Faults during a load: what is planned is said, and whom they may hit is as the command line says."""

import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from longshore_loadtest.cli import app
from longshore_loadtest.history.reader import read
from longshore_loadtest.history.record import Fault
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.run.breaking import Breaker
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.run.metrics import Metrics
from longshore_loadtest.run.plan import Plan
from longshore_loadtest.targets.local import LocalTarget
from tests.loadtest.standing_in import data, target, worker
from tests.services.waiting import Eventually

__all__ = ["data", "target"]


def test_a_run_spares_whom_it_was_not_asked_to_break(
    data: Path,
    target: LocalTarget,
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given
    words = ["--faults", "kill-forced/worker", "--select", "*-marks-*", "--time", "9s"]
    plan = _plan(data, tmp_path, monkeypatch, *words)
    before, said = worker(target), list[str]()
    history = tmp_path / "history.main.ndjson"

    # When
    with (
        Writer(history, run="r", part="main") as writer,
        Breaker(plan, target, writer, Metrics(), said.append) as breaker,
    ):
        eventually(lambda: len(said) > 2, within=30)

    # Then
    assert breaker.failure is None
    assert said[0].startswith("faults: ")
    assert said[0].endswith(" planned, each of 1 at least once")
    told = [entry.line for entry in read(tmp_path).entries if isinstance(entry.line, Fault)]
    assert {line.phase for line in told} == {"skipped"}
    assert all("none is ready and called *-marks-*" in line.detail for line in told)
    assert worker(target).pid == before.pid


def test_what_does_not_come_in_the_time_of_the_load_is_said_at_its_end(
    data: Path,
    target: LocalTarget,
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given an earlier run with a fault so late that it would come in the calm at the end of this one
    earlier, said = tmp_path / "earlier", list[str]()
    with Writer(earlier / "history.main.ndjson", run="e", part="main") as writer:
        for at, chance in ((0.1, 1), (9.5, 2)):
            detail = f"worker (17), for 0.1 s, chance {chance}"
            writer.write(Fault(at=at, name="freeze", target="worker", phase="begun", detail=detail))
    plan = _plan(data, tmp_path, monkeypatch, "--replay", str(earlier), "--time", "10s")

    # When
    with (
        Writer(tmp_path / "history.main.ndjson", run="r", part="main") as writer,
        Breaker(plan, target, writer, Metrics(), said.append),
    ):
        eventually(lambda: any("healed" in line for line in said), within=30)
        eventually(lambda: "monkey" not in [thread.name for thread in threading.enumerate()], within=30)

    # Then
    assert said[0] == "faults: 2 planned"
    assert sum("begun" in line for line in said) == 1
    assert said[-1] == "faults: 1 of 2 planned did not come: freeze/worker"


def _plan(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Plan:
    """That a command line makes."""
    plans = list[Plan]()

    def conduct(plan: Plan) -> None:
        plans.append(plan)
        raise CannotRun("enough")

    monkeypatch.setattr("longshore_loadtest.commands.run.conduct", conduct)
    times = ["--interval", "0.1s", "--minimum-age", "0s", "--output", str(tmp_path)]
    CliRunner().invoke(app, ["run", "--data", str(data), *words, *times])
    (plan,) = plans
    return plan
