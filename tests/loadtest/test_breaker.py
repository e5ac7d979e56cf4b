"""Faults during a load: what is planned is said, and whom they may befall is as the command line says."""

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
    # Given the plan that a command line makes
    plans = list[Plan]()

    def conduct(plan: Plan) -> None:
        plans.append(plan)
        raise CannotRun("enough")

    monkeypatch.setattr("longshore_loadtest.commands.run.conduct", conduct)
    words = ["--data", str(data), "--faults", "kill-forced/worker", "--select", "*-marks-*", "--time", "9s"]
    times = ["--interval", "0.1s", "--minimum-age", "0s", "--output", str(tmp_path)]
    CliRunner().invoke(app, ["run", *words, *times])
    (plan,) = plans
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
