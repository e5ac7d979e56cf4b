"""`longshore up`, as a newcomer meets it: real parts, a real Valkey, a real terminal's signals."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from longshore import Client
from longshore.states import State
from longshore_cli.up.holding import find_running
from tests.services.descendants import children_of
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import Eventually
from tests.unit.cli.gone import gone

from .conftest import Longshore

_MY_TASKS = """
import threading
from longshore import task

threading.Thread(target=threading.Event().wait).start()

@task
def shout(text: str) -> str:
    "Say it loud."
    return text.upper()

@task
def add(a: str, b: str) -> str:
    "Not the one of the examples."
    return f"{a}+{b}"
"""


@dataclass(frozen=True)
class Up:
    """A running `longshore up`."""

    program: Program
    url: str
    data: Path

    def log(self) -> list[dict[str, Any]]:
        """Its log so far."""
        lines = self.program.log_file.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self, part: str) -> list[str]:
        """What a part logged."""
        return [str(record["event"]) for record in self.log() if record.get("part") == part]

    def children(self) -> list[int]:
        """Processes of its own and theirs."""
        return children_of(self.program.pid)

    def end(self) -> int:
        """Ctrl-C, and wait for its end."""
        self.program.process.send_signal(signal.SIGINT)
        return self.program.wait(within=60)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def up(processes: Processes, data: Path, eventually: Eventually) -> Callable[..., Up]:
    """Start `longshore up` and wait until it says that it is ready."""

    def start(*words: str) -> Up:
        port = free_port()
        program = processes.start("cli", "up", "--port", str(port), "--data", str(data), *words, data=data)
        up = Up(program, f"http://127.0.0.1:{port}", data)
        eventually(lambda: "ready" in up.events("up") or not program.alive(), within=60)
        assert program.alive(), program.log()
        return up

    return start


@pytest.fixture
def client() -> Iterator[Callable[[Up], Client]]:
    """A client of a running `up`."""
    opened: list[Client] = []

    def connect(up: Up) -> Client:
        opened.append(Client(up.url, "", patience=5.0))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def test_a_newcomer_gets_a_file_done_and_the_next_up_goes_on(
    up: Callable[..., Up], client: Callable[[Up], Client], longshore: Longshore, tmp_path: Path, data: Path
) -> None:
    # Given a system that was started with one command
    first = up("--concurrency", "1")
    lines = [f"{n} 1" for n in range(2_000)]
    lines[17] = "1 2 3"
    (tmp_path / "numbers.txt").write_text("\n".join(lines))

    # When a file is uploaded by a command that is told nothing about where
    said = longshore("upload", "numbers.txt", "--task", "add", data=data)

    # Then its output lies beside it, in order, with the bad line reported
    output = (tmp_path / "numbers.txt.out").read_text().splitlines()
    assert said.status == 1
    assert output[17].startswith("error: line 18: ")
    assert [line for n, line in enumerate(output) if n != 17] == [str(n + 1) for n in range(2_000) if n != 17]

    # Given something that waits when it is stopped
    api = client(first)
    api.pause("multiply")
    held = api.submit("multiply", 6, 7)
    assert longshore("doctor", data=data).status == 0

    # When
    children = first.children()
    assert first.end() == 0

    # Then the parts stopped in order, and nothing of them is left
    stopped = [event for event in first.events("up") if event.startswith("stopping ")]
    assert stopped == [f"stopping {part}" for part in ("api", "scheduler", "worker", "ledger")]
    assert all(map(gone, children))
    assert find_running(data) is None

    # When it is started again
    again = client(up())
    assert again.task(held.id).state is State.PENDING
    again.resume("multiply")

    # Then it goes on where it stopped
    assert again.result(held.id, timeout=20) == 42


def test_a_killed_supervisor_takes_everything_with_it_and_loses_nothing(
    up: Callable[..., Up], client: Callable[[Up], Client], eventually: Eventually
) -> None:
    # Given work that is waiting and running
    first = up()
    api = client(first)
    running = api.submit("sleep", 2)
    eventually(lambda: api.task(running.id).state is State.STARTED)
    accepted = [api.submit("add", n, 1, delay=1.0) for n in range(50)]
    children = first.children()

    # When
    os.kill(first.program.pid, signal.SIGKILL)

    # Then
    eventually(lambda: all(map(gone, children)))

    # And the next one finishes all of it
    again = client(up())
    assert [again.result(handle.id, timeout=30) for handle in accepted] == [n + 1 for n in range(50)]
    assert again.result(running.id, timeout=30) == "slept 2.0 s"


def test_a_part_that_is_killed_comes_back(
    up: Callable[..., Up], client: Callable[[Up], Client], eventually: Eventually
) -> None:
    # Given a worker that runs a task, and holds others
    running = up("--concurrency", "1", "--queues", "sleep,add")
    api = client(running)
    (worker,) = api.workers()
    found = find_running(running.data)
    assert found
    broker = redis.Redis.from_url(found.broker)
    sleeping = [api.submit("sleep", 0.5) for _ in range(4)]
    eventually(lambda: api.task(sleeping[0].id).state is State.STARTED)
    held = list(broker.scan_iter("unacked:*"))
    assert held

    # When
    os.kill(worker.pid, signal.SIGKILL)

    # Then
    assert api.submit("add", 2, 3).result(timeout=30) == 5
    for handle in sleeping:
        handle.wait(60)
    # And the broker forgets what it held
    eventually(lambda: not broker.exists(*held), within=30)
    assert any("worker was killed by SIGKILL" in event for event in running.events("up"))


def test_a_second_one_on_the_same_data_or_port_is_told_what_to_do(
    up: Callable[..., Up], longshore: Longshore, data: Path, tmp_path: Path
) -> None:
    running = up()
    port = running.url.rpartition(":")[2]

    same_data = longshore("up", "--port", "0", "--data", str(data))
    same_port = longshore("up", "--port", port, "--data", str(tmp_path / "other"))

    assert (same_data.status, same_port.status) == (1, 1)
    assert f"process {running.program.pid}" in same_data.err
    assert running.url in same_data.err
    assert f"Port {port}" in same_port.err
    assert "--port" in same_port.err


def test_tasks_of_ones_own_run_and_broken_ones_say_where(
    up: Callable[..., Up], client: Callable[[Up], Client], longshore: Longshore, tmp_path: Path
) -> None:
    # Given tasks whose module leaves a thread running, in a folder of files that are called as modules are
    (tmp_path / "my_tasks.py").write_text(_MY_TASKS)
    (tmp_path / "empty.py").touch()
    (tmp_path / "broken.py").write_text("import no_such_module")
    for name in ("calendar", "queue", "email", "structlog"):
        (tmp_path / "processes" / f"{name}.py").write_text("raise RuntimeError('not this one')")

    # Then
    sources = f"{tmp_path}/my_tasks.py,{tmp_path}/empty.py"
    running = up("--tasks", sources, "--pool", "threads", "-c", "3", "--queues", "shout,add,shuot")
    api = client(running)
    (worker,) = api.workers()
    assert (worker.pool, worker.concurrency, worker.queues) == ("threads", 3, ["shout", "add", "shuot"])
    assert api.submit("shout", "hello").result(timeout=20) == "HELLO"
    assert api.submit("add", "2", "3").result(timeout=20) == "2+3"
    told = {record["event"]: record for record in running.log() if record.get("level") == "warning"}
    assert told["no task is defined there"]["source"] == f"{tmp_path}/empty.py"
    assert told["no task here goes to a queue that is served, unless submitted to it"]["queue"] == "shuot"
    assert running.end() == 0
    assert "does not stop and is killed" not in running.events("up")

    # And
    broken = longshore("up", "--tasks", "broken.py", "--port", "0", "--data", str(tmp_path / "other"))
    assert broken.status == 1
    assert "no_such_module" in broken.out
    assert "cannot start worker" in broken.out


def test_real_services_take_the_place_of_the_embedded_one_with_the_least_of_rights(
    up: Callable[..., Up],
    client: Callable[[Up], Client],
    ledger_url: str,
    rightful_user: str,
) -> None:
    # Given a broker's user with no more than the rights that the doctor gives
    broker_url = rightful_user

    # When
    running = up("--ledger", ledger_url, "--broker", broker_url, "--flower", "--flower-port", "0")

    assert client(running).submit("add", 2, 3).result(timeout=20) == 5
    # Then everything works, Flower too, for who knows its password and calls it by its name
    assert "flower is ready" in running.events("up")
    (password,) = [record["flower_password"] for record in running.log() if record["event"] == "ready"]
    flower = f"http://127.0.0.1:{_flower_port(running)}/"
    login = ("longshore", Path(password).read_text().strip())
    assert httpx.get(flower).status_code == 401
    assert httpx.get(flower, auth=login, follow_redirects=True).status_code == 200
    assert httpx.get(flower, auth=login, headers={"Host": "evil.example.com"}).status_code == 421
    assert Path(password).stat().st_mode & 0o077 == 0
    assert running.events("ledger") == []
    assert "ACCESS_REFUSED" not in running.program.log()
    assert running.end() == 0


def _flower_port(up: Up) -> str:
    """From the command line of its process."""
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in up.children()]
    return next(word.partition("=")[2] for line in lines for word in line.split("\0") if "--port=" in word)


def test_an_address_that_others_reach_asks_for_the_key_that_was_made(
    up: Callable[..., Up], longshore: Longshore, data: Path
) -> None:
    # When
    running = up("--host", "0.0.0.0")

    # Then
    key = (data / "admin.key").read_text().strip()
    assert (data / "admin.key").stat().st_mode & 0o077 == 0
    assert key not in running.program.log()
    without = longshore("submit", "add", "2", "3", "--wait", data=data)
    assert without.status == 4
    assert "LONGSHORE_KEY" in without.err
    assert longshore("submit", "add", "2", "3", "--wait", data=data, key=key).out == "5\n"
