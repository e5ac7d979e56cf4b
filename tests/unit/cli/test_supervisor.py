"""Parts are kept, and stopped in order; real processes, small ones."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from longshore_cli.up.leashed import Leash
from longshore_cli.up.log import Log
from longshore_cli.up.part import Part, Recipe
from longshore_cli.up.supervisor import Supervisor
from tests.services.waiting import Eventually

from .gone import gone

Run = Callable[[Callable[[Supervisor], Awaitable[None]]], list[dict[str, Any]]]


def _recipe(name: str, code: str, **given: Any) -> Recipe:
    return Recipe(name, [sys.executable, "-S", "-c", code], **given)


def _when(file: Path) -> Callable[[Part], bool]:
    return lambda part: part.pid is not None and file.exists()


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run something with a supervisor, close it, and return its log."""

    def run_it(act: Callable[[Supervisor], Awaitable[None]]) -> list[dict[str, Any]]:
        log = Log("json")

        async def main() -> None:
            with Leash() as leash:
                supervisor = Supervisor(log, leash)
                try:
                    await asyncio.wait_for(act(supervisor), 30)
                finally:
                    await supervisor.close()

        asyncio.run(main())
        log.finish(within=10.0)
        return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    return run_it


def _events(log: list[dict[str, Any]], part: str) -> list[str]:
    return [record["event"] for record in log if record["part"] == part]


def test_a_part_that_dies_is_started_again_and_the_log_says_so(run: Run, tmp_path: Path) -> None:
    # Given a part that kills itself the first time
    first, second = tmp_path / "first", tmp_path / "second"
    code = f"""
import os, pathlib, signal
first, second = map(pathlib.Path, ({str(first)!r}, {str(second)!r}))
if first.exists():
    second.touch()
    signal.pause()
first.touch()
os.kill(os.getpid(), signal.SIGKILL)
"""

    # When
    async def act(supervisor: Supervisor) -> None:
        assert await supervisor.start((_recipe("api", code), _when(second)))

    log = run(act)

    # Then
    assert "api was killed by SIGKILL; starting it again in 0.5 s" in _events(log, "up")


def test_a_part_started_wrongly_is_given_up(run: Run) -> None:
    async def act(supervisor: Supervisor) -> None:
        wrong = _recipe("worker", "print('no such option'); raise SystemExit(2)")
        assert not await supervisor.start((wrong, lambda _: False))
        assert not await supervisor.keep()

    log = run(act)

    assert _events(log, "worker") == ["no such option"]
    assert "cannot start worker: its last lines say why" in _events(log, "up")


def test_a_part_that_never_gets_ready_is_given_up_after_three_deaths(run: Run) -> None:
    async def act(supervisor: Supervisor) -> None:
        assert not await supervisor.start((_recipe("worker", "raise SystemExit(1)"), lambda _: False))

    log = run(act)

    told = "giving up: worker does not start; it ended with status 1, 3 times"
    (giving_up,) = [record for record in log if record["event"] == told]
    assert "--tasks" in giving_up["advice"]


def test_parts_stop_in_order_and_what_keeps_the_data_last(run: Run, tmp_path: Path) -> None:
    # Given
    says = """
import os, pathlib, signal
signal.signal(signal.SIGTERM, lambda *_: (print("ends", flush=True), os._exit(0)))
pathlib.Path({ready!r}).touch()
while True: signal.pause()
"""
    files = {name: tmp_path / name for name in ("ledger", "api", "worker")}
    codes = {name: says.format(ready=str(file)) for name, file in files.items()}

    # When
    async def act(supervisor: Supervisor) -> None:
        for name, code in codes.items():
            recipe = _recipe(name, code, keeps_data=name == "ledger")
            assert await supervisor.start((recipe, _when(files[name])))

    log = run(act)

    # Then
    ends = [record["part"] for record in log if record["event"] == "ends"]
    assert ends == ["api", "worker", "ledger"]


def test_the_second_signal_hurries(run: Run, tmp_path: Path) -> None:
    # Given a part that ignores SIGTERM and has all the time in the world
    ready = tmp_path / "ready"
    deaf = f"""
import pathlib, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({str(ready)!r}).touch()
while True: signal.pause()
"""

    async def act(supervisor: Supervisor) -> None:
        supervisor.listen()
        assert await supervisor.start((_recipe("worker", deaf, grace=600.0), _when(ready)))
        # When
        os.kill(os.getpid(), signal.SIGINT)
        assert await supervisor.keep()
        asyncio.get_running_loop().call_later(0.8, os.kill, os.getpid(), signal.SIGINT)

    log = run(act)

    # Then
    assert "stopping; once more to hurry" in _events(log, "up")
    assert "does not stop and is killed" in _events(log, "up")


def test_the_echo_of_a_signal_is_no_second_one(run: Run, tmp_path: Path) -> None:
    # Given a part that takes a moment to stop
    ready = tmp_path / "ready"
    slow = f"""
import os, pathlib, signal, threading
def end(*_):
    threading.Event().wait(1.0)
    print("ends", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path({str(ready)!r}).touch()
while True: signal.pause()
"""

    async def act(supervisor: Supervisor) -> None:
        supervisor.listen()
        assert await supervisor.start((_recipe("worker", slow), _when(ready)))
        # When
        os.kill(os.getpid(), signal.SIGINT)
        assert await supervisor.keep()
        os.kill(os.getpid(), signal.SIGINT)

    log = run(act)

    # Then
    assert _events(log, "worker") == ["ends"]
    assert "does not stop and is killed" not in _events(log, "up")


def test_children_of_a_part_do_not_outlive_it(run: Run, tmp_path: Path, eventually: Eventually) -> None:
    # Given a part that leaves a child behind, which holds its output open
    note, ready = tmp_path / "child", tmp_path / "ready"
    code = f"""
import os, pathlib, signal
if os.fork() == 0:
    pathlib.Path({str(note)!r}).write_text(str(os.getpid()))
    pathlib.Path({str(ready)!r}).touch()
while True: signal.pause()
"""

    # When
    async def act(supervisor: Supervisor) -> None:
        assert await supervisor.start((_recipe("worker", code), _when(ready)))

    run(act)

    # Then, as soon as the kernel has carried it out
    eventually(lambda: gone(int(note.read_text())))


def test_what_a_part_left_in_the_background_is_not_waited_for(
    run: Run, tmp_path: Path, eventually: Eventually
) -> None:
    # Given a part that leaves a session behind, which holds its output open, and dies
    note, ready = tmp_path / "session", tmp_path / "ready"
    code = f"""
import os, pathlib, signal, time
note = pathlib.Path({str(note)!r})
if note.exists():
    pathlib.Path({str(ready)!r}).touch()
    signal.pause()
if os.fork() == 0:
    os.setsid()
    note.write_text(str(os.getpid()))
    signal.pause()
while not note.exists(): time.sleep(0.01)
print("dies", flush=True)
os._exit(1)
"""

    # When
    async def act(supervisor: Supervisor) -> None:
        assert await supervisor.start((_recipe("worker", code), _when(ready)))

    log = run(act)

    # Then it was started again, and stopped
    assert _events(log, "worker") == ["dies"]
    session = int(note.read_text())
    assert not gone(session)
    os.kill(session, signal.SIGKILL)
    eventually(lambda: gone(session))


def test_whatever_a_part_prints_its_next_line_is_read(run: Run, tmp_path: Path) -> None:
    # Given
    ready = tmp_path / "ready"
    code = f"""
import json, os, pathlib, signal
odd = [b"[/x]", b"{{name", b"\\xff\\xfe", b"\\xed\\xa0\\x80", b'{{"event": "\\\\ud800"}}', b"null"]
for value in (1, "x", [], [1], {{"a": 1}}, [{{"frames": 1}}]):
    odd.append(json.dumps({{"event": "e", "exception": value}}).encode())
for value in (None, 1, [], {{}}):
    odd.append(json.dumps({{"event": value, "level": [1], "part": "ledger"}}).encode())
odd += [b"[" * 100_000]
odd += [b'{{"event": ' + b"[" * 900 + b"]" * 900 + b"}}", b'{{"event": ' + b"9" * 5000 + b"}}"]
for line in odd:
    os.write(1, line + b"\\n")
    os.write(1, b"after\\n")
pathlib.Path({str(ready)!r}).touch()
signal.pause()
"""

    # When
    async def act(supervisor: Supervisor) -> None:
        assert await supervisor.start((_recipe("worker", code), _when(ready)))

    log = run(act)

    # Then
    assert _events(log, "worker").count("after") == 19
    assert _events(log, "ledger") == []


def test_a_line_without_an_end_and_one_far_too_long_harm_nothing(run: Run, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = f"""
import pathlib, signal
print('x' * 3_000_000)
print('after', end='', flush=True)
pathlib.Path({str(ready)!r}).touch()
signal.pause()
"""

    async def act(supervisor: Supervisor) -> None:
        assert await supervisor.start((_recipe("api", code), _when(ready)))

    long, after = _events(run(act), "api")
    assert long.endswith("x … and 1951424 bytes more")
    assert after == "after"
