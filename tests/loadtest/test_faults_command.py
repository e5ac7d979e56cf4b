"""`longshore-loadtest faults`: breaking an installation without a load, and what is said before."""

import re
import signal
import sys
from os import environ
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from longshore_loadtest.cli import app
from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.run.proxied import proxied
from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.target import Instance
from tests.loadtest.api_server import SPACE, Cluster
from tests.loadtest.release import cluster, url
from tests.loadtest.standing_in import FROZEN, ROOT, RUNNING, data, target, worker
from tests.services.program import Program
from tests.services.waiting import Eventually

__all__ = ["cluster", "data", "target", "url"]

OFTEN = ["--interval", "0.1s", "--duration", "0.1s", "--minimum-age", "0s"]


def test_a_dry_run_says_what_would_happen_and_touches_nothing(
    data: Path, target: LocalTarget, tmp_path: Path
) -> None:
    # Given
    one = worker(target)

    # When
    done = _faults(
        *("run", "kill-forced/worker", "freeze/*", "--data", str(data), "--dry-run", "--interval", "9s"),
        output=tmp_path / "out",
    )

    # Then
    assert done.exit_code == 0
    *steps, last = done.stdout.splitlines()
    assert {step.partition(":")[0] for step in steps} == {
        "kill-forced/worker",
        "freeze/worker",
        "freeze/scheduler",
    }
    assert all("dry run, at " in step for step in steps)
    assert f": worker ({one.pid}) (for" in done.stdout, "it is old enough by then"
    assert last == f"faults: {len(steps)} planned, each of 3 at least once"
    assert one.state() in RUNNING
    assert not (tmp_path / "out").exists()


def test_a_dry_run_spares_whom_a_run_would_spare(data: Path, tmp_path: Path) -> None:
    # When
    named, young = (
        _faults("run", "freeze/worker", "--data", str(data), "--dry-run", *more, output=tmp_path).stdout
        for more in (["--select", "*-marks-*"], ["--minimum-age", "1h"])
    )

    # Then
    assert "nobody to hit: none is ready and called *-marks-*" in named
    assert "nobody to hit: 1 ready, younger than 3600 s" in young


def test_a_run_breaks_and_heals_until_its_time_is_over(
    data: Path, target: LocalTarget, tmp_path: Path
) -> None:
    # When
    done = _faults(
        "run", "freeze/worker", "--data", str(data), "--time", "2s", *OFTEN, output=tmp_path / "out"
    )

    # Then
    assert done.exit_code == 0, done.output
    assert "freeze/worker begun: worker (" in done.stdout
    assert "freeze/worker healed: worker (" in done.stdout
    assert re.search(r"faults: [1-9]\d* begun, 0 failed, \d+ skipped of \d+ planned\n", done.stdout)
    assert worker(target).state() in RUNNING
    assert ActiveFaults(tmp_path / "out" / "active_faults").left() == []


def test_a_run_that_found_nobody_to_hit_has_failed(data: Path, target: LocalTarget, tmp_path: Path) -> None:
    # Given
    before = worker(target)

    # When
    done = _faults(
        *("run", "kill-forced/worker", "--data", str(data), "--time", "1s", "--select", "nobody", *OFTEN),
        output=tmp_path / "out",
    )

    # Then
    assert isinstance(done.exception, CannotRun)
    assert "skipped: nobody to hit: none is ready and called nobody" in done.stdout
    assert worker(target).pid == before.pid


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_an_interrupted_run_heals(
    data: Path,
    target: LocalTarget,
    tmp_path: Path,
    eventually: Eventually,
    number: signal.Signals,
    status: int,
) -> None:
    # Given a run that has frozen the worker for long
    run = _running(data, tmp_path)
    one = worker(target)
    eventually(lambda: {member.state() for member in one.family()} == {FROZEN}, within=30)

    # When
    run.process.send_signal(number)

    # Then
    assert run.wait() == status, run.log()
    assert {member.state() for member in one.family()} <= RUNNING
    assert ActiveFaults(tmp_path / "out" / "active_faults").left() == []


def test_what_a_killed_run_left_is_healed_before_the_next(
    data: Path, target: LocalTarget, tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    run = _running(data, tmp_path)
    one = worker(target)
    eventually(lambda: {member.state() for member in one.family()} == {FROZEN}, within=30)
    run.kill()

    # When
    next_one = _faults("run", "freeze/worker", "--data", str(data), output=tmp_path / "out")

    # Then
    assert isinstance(next_one.exception, CannotRun)
    assert str(next_one.exception).startswith("still broken: freeze/worker. ")

    # When
    healed = _heal(tmp_path)

    # Then
    assert healed.stdout == f"freeze/worker (worker ({one.pid})): healed\n"
    assert _heal(tmp_path).stdout == "nothing was left broken\n"
    assert {member.state() for member in one.family()} <= RUNNING


def test_what_cannot_be_healed_is_told_with_what_undoes_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a target that nobody reaches any more when it is to be healed
    def away(_self: LocalTarget, _name: str, _one: Instance, _disruption: AnyDisruption) -> None:
        raise Impossible("no answer")

    monkeypatch.setattr(LocalTarget, "undo", away)
    monkeypatch.setattr("longshore_loadtest.faults.monkey._PATIENCE", 0.5)

    # When
    done = _faults("run", "freeze/worker", "--data", str(data), *OFTEN, output=tmp_path / "out")
    monkeypatch.undo()

    # Then
    assert "freeze/worker is not healed: no answer" in done.stdout
    assert "faults: 1 begun, 0 failed, 0 skipped of " in done.stdout
    assert " planned did not come: freeze/worker" in done.stdout
    assert isinstance(done.exception, CannotRun)
    assert f"`longshore-loadtest faults heal {tmp_path / 'out'}` undoes it" in str(done.exception)
    assert _heal(tmp_path).stdout.endswith(": healed\n")


def test_a_run_in_which_nothing_could_be_begun_has_failed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    def refused(
        _self: LocalTarget, _name: str, _one: Instance, _disruption: AnyDisruption, _for: float
    ) -> None:
        raise Impossible("forbidden")

    monkeypatch.setattr(LocalTarget, "disrupt", refused)

    # When
    words = ["run", "freeze/worker", "--data", str(data), "--time", "2s"]
    done = _faults(*words, *OFTEN, output=tmp_path / "out")

    # Then
    assert isinstance(done.exception, CannotRun)
    assert "freeze/worker failed: it could not be begun: forbidden" in done.stdout
    assert re.search(r"faults: 0 begun, [1-9]\d* failed, \d+ skipped of \d+ planned\n", done.stdout)


def test_it_says_of_a_cluster_whether_a_node_can_be_lost(url: str, tmp_path: Path, cluster: Cluster) -> None:
    # Given a kubeconfig whose current context is another cluster
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "away",
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in ("away", "here")],
        "clusters": [
            {"name": "away", "cluster": {"server": "http://127.0.0.1:9"}},
            {"name": "here", "cluster": {"server": url}},
        ],
        "users": [{"name": "me", "user": {"token": "t"}}],
    }
    (tmp_path / "config").write_text(yaml.safe_dump(config))

    # When
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))
        words = ["list", "node-loss", "--namespace", SPACE, "--context", "here"]
        without, given = (
            _faults(*words, *more).stdout
            for more in ([], ["--cut-node", "cut {node}", "--restore-node", "m"])
        )

    # Then
    assert "no command was given" in without
    assert given.split(maxsplit=1) == ["node-loss/node", "can be done\n"]


def test_a_way_with_a_proxy_can_be_made_slow(data: Path, tmp_path: Path) -> None:
    # Given
    with proxied("http://127.0.0.1:9", tmp_path / "proxy.log") as (_, control):
        words = ["list", "latency/redis:*", "--data", str(data), "--proxy"]

        # When
        listed = _faults(*words, f"redis:worker={control}").stdout.splitlines()

    # Then
    told = dict(line.split(maxsplit=1) for line in listed)
    assert told["latency/redis:worker"] == "can be done"
    assert told["latency/redis:api"] == "there is no proxy on the way redis:api"


def test_patterns_choose_what_is_listed() -> None:
    # When
    listed = _faults("list", "kill-*/worker", "!kill-child").stdout.splitlines()

    # Then
    names = ["kill-graceful", "kill-forced", "kill-process", "kill-group"]
    assert [line.split()[0] for line in listed] == names
    assert all(line.endswith("(worker)") for line in listed)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "freze"], "no fault is called freze"),
        (["run", "freeze"], "which installation?"),
        (["list", "kill-*", "!kill-*"], "these choose no fault: kill-* !kill-*"),
        (["list", "--data", "/", "--namespace", "here"], "one of the two"),
        (["list", "--data", "/", "--proxy", "redis:moon=http://127.0.0.1:1"], "ways are redis:api"),
    ],
)
def test_wrong_usage_is_said(words: list[str], said: str) -> None:
    # When
    done = _faults(*words)

    # Then
    assert done.exit_code == 2
    assert said in done.output


def test_an_installation_that_can_have_none_of_the_faults_says_why(data: Path) -> None:
    # When
    done = _faults("run", "node-drain", "--data", str(data), "--dry-run")

    # Then
    assert isinstance(done.exception, Impossible)
    assert "node-drain/node: there are no nodes on one machine" in str(done.exception)


def _faults(*words: str, output: Path | None = None) -> Result:
    where = [] if output is None else ["--output", str(output)]
    return CliRunner().invoke(app, ["faults", *words, *where])


def _heal(tmp_path: Path) -> Result:
    return CliRunner().invoke(app, ["faults", "heal", str(tmp_path / "out")])


def _running(data: Path, tmp_path: Path) -> Program:
    words = ["faults", "run", "freeze/worker", "--data", str(data), "--output", str(tmp_path / "out")]
    times = ["--interval", "0.1s", "--duration", "60s", "--minimum-age", "0s", "--time", "10m"]
    command = [sys.executable, "-m", "longshore_loadtest", *words, *times]
    program = Program(command, tmp_path / "faults.log", environ, ROOT)
    program.start()
    return program
