"""What is done to a process from its own machine, by an agent that undoes it whatever happens."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from longshore_loadtest.targets.agent import act
from longshore_loadtest.targets.disruptions.alarm import Alarm
from longshore_loadtest.targets.disruptions.cut import Cut
from longshore_loadtest.targets.disruptions.cut_loopback import _mount
from longshore_loadtest.targets.disruptions.fill import Fill
from longshore_loadtest.targets.disruptions.freeze import Freeze
from longshore_loadtest.targets.disruptions.kill import Kill, KillChild
from longshore_loadtest.targets.disruptions.skew import MISSING, Skew
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process, process
from tests.services.epmd import Epmd
from tests.services.program import Program
from tests.services.runner import Server
from tests.services.waiting import Eventually

pytestmark = pytest.mark.loadtest

if TYPE_CHECKING:
    from tests.services.rabbitmq_server import RabbitServer

RUNNING = {"S", "R", "D"}


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    """A process that does nothing for a minute, under a library that is none."""
    clock = {
        "LD_PRELOAD": str(tmp_path / "libfaketime.so.1"),
        "FAKETIME_TIMESTAMP_FILE": str(tmp_path / "clock"),
    }
    program = Program(["sleep", "60"], tmp_path / "log", {**os.environ, **clock})
    program.start()
    found = process(program.pid)
    assert found
    yield found
    program.kill()


def _during(main: Process, disruption: Freeze | Skew | Fill | Cut) -> "threading.Event":
    """Have it done for a minute by an agent in a thread, which ends when the event is set."""
    over = threading.Event()
    threading.Thread(target=act, args=[main, disruption, 60.0, over], daemon=True).start()
    return over


def test_a_process_is_told_from_a_later_one_of_its_number(sleeper: Process) -> None:
    # Given
    another = Process(sleeper.pid, sleeper.ticks - 1)

    # Then
    assert sleeper.alive()
    assert not another.alive()
    assert not another.send(signal.SIGKILL)
    assert Process.of(sleeper.uid) == sleeper
    assert sleeper.alive()


def test_a_killed_process_is_gone(sleeper: Process, eventually: Eventually) -> None:
    # When
    act(sleeper, Kill(), 0.0, threading.Event())

    # Then
    eventually(lambda: not sleeper.alive())
    assert "no children" in str(KillChild().lacks(sleeper))


def test_a_frozen_process_goes_on_when_the_agent_is_called_back(
    sleeper: Process, eventually: Eventually
) -> None:
    # When
    over = _during(sleeper, Freeze())

    # Then
    eventually(lambda: sleeper.state() == "T")

    # When
    over.set()

    # Then
    eventually(lambda: sleeper.state() in RUNNING)


def test_a_clock_is_wrong_and_then_right(sleeper: Process, tmp_path: Path, eventually: Eventually) -> None:
    # When
    over = _during(sleeper, Skew(by=-90.0))

    # Then
    eventually(lambda: (tmp_path / "clock").read_text() == "-90\n")

    # When
    over.set()

    # Then
    eventually(lambda: (tmp_path / "clock").read_text() == "+0\n")


def test_a_process_without_libfaketime_keeps_its_clock() -> None:
    # Given
    ours = process(os.getpid())
    assert ours

    # Then
    with pytest.raises(Impossible, match="libfaketime"):
        act(ours, Skew(by=1.0), 0.0, threading.Event())
    assert Skew(by=1.0).lacks(ours) == MISSING


def test_a_large_disk_is_left_alone(sleeper: Process, tmp_path: Path) -> None:
    # When
    with pytest.raises(Impossible, match="MiB are left"):
        act(sleeper, Fill(folder=str(tmp_path), most=4096), 0.0, threading.Event())

    # Then
    assert not (tmp_path / ".longshore-loadtest-fill").exists()


def test_what_was_only_half_begun_is_undone(sleeper: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a disruption that fails when it has begun
    begin = Freeze.begin

    def failing(self: Freeze, main: Process) -> None:
        begin(self, main)
        raise OSError("half")

    monkeypatch.setattr(Freeze, "begin", failing)

    # When
    with pytest.raises(OSError, match="half"):
        act(sleeper, Freeze(), 60.0, threading.Event())

    # Then
    assert sleeper.state() in RUNNING


def test_an_agent_finds_its_container_and_undoes_what_it_did_when_told_to_end(
    sleeper: Process, tmp_path: Path, eventually: Eventually
) -> None:
    # Given a process in a cgroup that is named as a container's
    mount = _mount()
    if os.geteuid() != 0 or mount is None:
        pytest.skip("only root makes a cgroup")
    container = f"{os.getpid():064x}"
    group = mount / f"cri-containerd-{container}.scope"
    group.mkdir()
    try:
        (group / "cgroup.procs").write_text(str(sleeper.pid))
        words = ["-m", "longshore_loadtest.targets.agent", f"--container={container}", "--seconds=60"]
        disruption = msgspec.json.encode(Freeze()).decode()
        agent = Program([sys.executable, *words, disruption], tmp_path / "agent.log", os.environ)

        # When
        agent.start()
        eventually(lambda: "begun" in agent.log() or not agent.alive())

        # Then
        assert sleeper.state() == "T", agent.log()

        # When
        agent.process.terminate()

        # Then
        assert agent.wait() == 0
        assert sleeper.state() in RUNNING
    finally:
        os.kill(sleeper.pid, signal.SIGKILL)
        eventually(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_an_agent_without_its_container_says_so(tmp_path: Path) -> None:
    # When
    words = [
        "-m",
        "longshore_loadtest.targets.agent",
        "--container=none-such",
        "--seconds=1",
        '{"type":"kill"}',
    ]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)

    # Then
    assert done.returncode == 1
    assert "no process of container none-such" in done.stderr


def test_the_brokers_alarm_is_raised_and_cleared(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    # Given a broker that has rabbitmqctl itself on its path: Debian's wrapper of it asks a broker of its own
    folder = "/usr/lib/rabbitmq/bin"
    if os.geteuid() != 0 or shutil.which("rabbitmqctl", path=folder) is None:
        pytest.skip("a broker of this machine, and root, are needed")
    monkeypatch.setenv("PATH", folder, prepend=os.pathsep)
    own_rabbitmq: RabbitServer = request.getfixturevalue("own_rabbitmq")
    main = _broker(own_rabbitmq)
    if main is None:
        pytest.skip("the broker runs in a container")

    disruption = Alarm().prepared(main)

    # When
    disruption.begin(main)

    # Then
    eventually(lambda: "memory resource limit alarm set" in own_rabbitmq.log())
    assert disruption.former.startswith("absolute")

    # When
    disruption.end(main)

    # Then
    eventually(lambda: "memory resource limit alarm cleared" in own_rabbitmq.log())


def _broker(server: Server) -> Process | None:
    if not isinstance(server.runner, Epmd):
        return None
    return process(server.runner.rabbitmq.pid)
