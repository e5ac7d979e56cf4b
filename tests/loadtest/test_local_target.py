"""A real `longshore up` is broken in every way that makes sense on one machine, and is whole after each."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from longshore import Client
from longshore_ledger import Ledger
from longshore_loadtest.faults.choices import EVERY, Choice, reasons
from longshore_loadtest.targets.disruptions.cut_loopback import CutLoopback
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.processes import process
from longshore_loadtest.targets.target import Local, Part
from tests.loadtest.running import System, up
from tests.services.evidence import Evidence
from tests.services.waiting import Eventually

pytestmark = pytest.mark.loadtest

PARTS: tuple[Part, ...] = ("api", "scheduler", "worker", "redis")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One that all tests here break in turn."""
    folder = tmp_path_factory.mktemp("up")
    with up(folder, folder / "data", Evidence()) as system:
        yield system


@pytest.fixture
def works(system: System) -> Iterator[None]:
    """What is broken in a test works after it."""
    yield
    with Client(system.url, "", patience=60.0) as client:
        assert client.submit("add", 2, 3).result(timeout=60) == 5


def test_it_finds_the_parts_that_run(system: System) -> None:
    # When
    target = system.target

    # Then
    assert target.wanted == set(PARTS)
    assert all(target.whole(part) for part in PARTS)
    assert not target.whole("flower")
    (api,) = target.instances("api")
    assert 0.0 < api.age < 3600.0
    assert process(int(api.uid.partition(".")[0])) == system.process("api")


def test_it_says_why_what_makes_no_sense_here_cannot_be_had(system: System) -> None:
    # When
    can = {choice for choice, reason in reasons(system.target, EVERY).items() if reason is None}

    # Then
    always = {Choice(f"kill-{how}", part) for how in ("graceful", "forced", "process") for part in PARTS}
    always |= {Choice("freeze", part) for part in PARTS} | {Choice("kill-child", "worker")}
    always |= {Choice("kill-group", "worker")}
    always |= {Choice(f"ledger-{how}", "redis") for how in ("busy", "noperm", "readonly")}
    assert always <= can
    assert {choice.fault for choice in can - always} <= {"cut", "disk-full"}


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize("fault", ["kill-graceful", "kill-forced", "kill-process"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_is_there_again(system: System, fault: str, part: Part) -> None:
    # Given
    before = system.process(part)

    # When
    told = system.endure(fault, part)

    # Then
    assert told == ["begun", "ended", "healed"]
    assert not before.alive()


@pytest.mark.usefixtures("works")
def test_a_child_that_is_killed_is_replaced(system: System, eventually: Eventually) -> None:
    # Given
    worker = system.process("worker")
    before = set(worker.children())

    # When
    told = system.endure("kill-child", "worker")

    # Then
    assert told == ["begun", "ended", "healed"]
    eventually(lambda: len(set(worker.children()) - before) == 1 and len(worker.children()) == len(before))
    assert worker.alive()


@pytest.mark.usefixtures("works")
def test_a_worker_that_is_killed_with_all_below_it_is_there_again(system: System) -> None:
    # Given
    before = system.process("worker").family()
    assert len(before) > 1

    # When
    told = system.endure("kill-group", "worker")

    # Then
    assert told == ["begun", "ended", "healed"]
    assert not any(one.alive() for one in before)


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize("fault", ["ledger-busy", "ledger-noperm", "ledger-readonly"])
def test_a_ledger_that_refuses_for_a_while_is_worked_with_again(system: System, fault: str) -> None:
    # Given
    before = {part: system.process(part) for part in PARTS}

    # When
    told = system.endure(fault, "redis", 2.0)

    # Then nobody had to be started again for it
    assert told == ["begun", "ended", "healed"]
    assert {part: system.process(part) for part in PARTS} == before


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_frozen_goes_on(system: System, part: Part) -> None:
    # Given
    before = system.process(part)

    # When
    told = system.endure("freeze", part, 1.0)

    # Then
    assert told == ["begun", "ended", "healed"]
    assert system.process(part) == before


@pytest.mark.usefixtures("works")
def test_a_worker_that_was_cut_off_from_the_ledger_is_heard_again(
    system: System, eventually: Eventually
) -> None:
    # Given
    worker = system.process("worker")
    disruption = CutLoopback(port=int(system.target._note.ledger.rpartition(":")[2].partition("/")[0]))
    if missing := disruption.lacks(worker):
        pytest.skip(missing)
    disruption = disruption.prepared(worker)
    rules = ["nft", "list", "tables"]

    with closing(Ledger.open(system.target._note.ledger)) as ledger:

        def beats() -> bool:
            return any(one.alive and one.info.get("pid") == worker.pid for one in ledger.views.workers())

        eventually(beats)

        # When
        disruption.begin(worker)

        # Then it lives and is not heard, and nobody else is the worse for it
        try:
            eventually(lambda: not beats())
            assert worker.alive()
            assert httpx.get(f"{system.url}/v1/stats", trust_env=False).is_success
        finally:
            disruption.end(worker)

        # When it was healed, and is healed again
        disruption.end(worker)

        # Then
        eventually(beats)
    assert (
        f"longshore_loadtest_{worker.pid}"
        not in subprocess.run(rules, capture_output=True, text=True, check=True).stdout
    )
    assert f"longshore-loadtest-{worker.pid}" not in Path(f"/proc/{worker.pid}/cgroup").read_text()


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize("client", ["api", "scheduler", "worker"])
def test_a_cut_between_two_parts_heals(system: System, client: Part) -> None:
    # Given
    place = f"redis:{client}"
    reason = reasons(system.target, [Choice("cut", place)])[Choice("cut", place)]
    if reason:
        pytest.skip(reason)

    # When
    told = system.endure("cut", place, 1.0)

    # Then
    assert told == ["begun", "ended", "healed"]


def test_nothing_runs_where_nothing_was_started(tmp_path: Path) -> None:
    with pytest.raises(Impossible, match="no `longshore up` runs"):
        LocalTarget(Local(str(tmp_path))).instances("api")


def test_what_an_up_left_behind_is_not_taken_for_a_running_one(system: System, tmp_path: Path) -> None:
    # Given a note that nobody holds
    (tmp_path / "running.json").write_text((system.data / "running.json").read_text())

    # Then
    with pytest.raises(Impossible, match="no `longshore up` runs"):
        LocalTarget(Local(str(tmp_path))).instances("api")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small file system")
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_submission_and_heals(
    small_disk: Path, tmp_path: Path, evidence: Evidence, eventually: Eventually
) -> None:
    with (
        up(tmp_path, small_disk / "data", evidence) as system,
        Client(system.url, "", patience=60.0) as client,
    ):
        # Given a ledger that worked
        assert client.submit("add", 1, 1).result(timeout=60) == 2
        free = shutil.disk_usage(small_disk).free

        # When
        told = system.endure("disk-full", "redis", 3.0)

        # Then
        assert told == ["begun", "ended", "healed"]
        eventually(lambda: shutil.disk_usage(small_disk).free > free - (4 << 20))
        assert client.submit("add", 2, 3).result(timeout=60) == 5
