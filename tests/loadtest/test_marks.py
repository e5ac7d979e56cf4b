"""A mark is written before its task goes on, once however often it is sent, and counted by the store."""

import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from longshore.running import Current, enter
from longshore_loadtest.history.reader import read
from longshore_loadtest.history.record import Mark
from longshore_loadtest.marks import tasks
from longshore_loadtest.marks.answers import CPU, FLAKY, LINE, MARK, answer
from longshore_loadtest.marks.client import Client, MarkNotWritten
from longshore_loadtest.marks.server import Server
from tests.services.ports import free_port
from tests.services.waiting import eventually


class _Sink:
    def progress(self, done: int, total: int) -> None:
        pass

    def cancelled(self) -> bool:
        return False


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "history.marks.ndjson"


@pytest.fixture
def store(part: Path) -> Iterator[Server]:
    with Server(part, "r") as server:
        yield server


@pytest.fixture
def client(store: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The tasks' way to the store, too."""
    with closing(Client(store.url)) as made:
        monkeypatch.setattr(tasks, "_client", lambda: made)
        yield made


def _marks(part: Path) -> list[Mark]:
    return [entry.line for entry in read(part).entries if isinstance(entry.line, Mark)]


def _mark(event: str, id: str = "r-1", token: str = "a", **more: object) -> dict[str, object]:
    return {"event": event, "id": id, "token": token, **more}


def _running(id: str = "r-1", attempt: int = 1) -> Current:
    return Current(id, attempt, _Sink())


def test_a_mark_is_written_when_the_store_answers(part: Path, client: Client) -> None:
    # When
    delivery = client.send(_mark("begun", value=7, pid=5, host="here", attempt=2))

    # Then
    (mark,) = _marks(part)
    assert delivery == mark.delivery == 1
    assert (mark.event, mark.id, mark.value, mark.pid, mark.host, mark.attempt) == (
        "begun",
        "r-1",
        7,
        5,
        "here",
        2,
    )


def test_a_mark_that_is_sent_again_is_written_once(part: Path, client: Client) -> None:
    assert [client.send(_mark("begun")) for _ in range(3)] == [1, 1, 1]
    assert len(_marks(part)) == 1


def test_each_beginning_of_a_task_and_of_a_line_is_counted_by_itself(client: Client) -> None:
    assert client.send(_mark("begun", token="a")) == 1
    assert client.send(_mark("begun", token="b")) == 2
    assert client.send(_mark("begun", id="r-2", token="c")) == 1
    assert client.send(_mark("begun", token="d", line=1)) == 1
    assert client.send(_mark("begun", token="e", line=1)) == 2
    assert client.send(_mark("ended", token="a")) == 1


def test_a_store_that_was_started_again_goes_on(part: Path) -> None:
    # Given
    with Server(part, "r") as store, closing(Client(store.url)) as client:
        client.send(_mark("begun", token="a"))

    # When
    with Server(part, "r") as store, closing(Client(store.url)) as client:
        again, next_one = client.send(_mark("begun", token="a")), client.send(_mark("begun", token="b"))

    # Then
    assert (again, next_one) == (1, 2)
    assert [(mark.token, mark.delivery) for mark in _marks(part)] == [("a", 1), ("b", 2)]


def test_a_client_waits_for_a_store_that_comes_back(part: Path) -> None:
    # Given
    port = free_port()
    with closing(Client(f"http://127.0.0.1:{port}")) as client:
        with Server(part, "r", port=port):
            client.send(_mark("begun", token="a"))

        # Then: its connection is gone, and it makes another
        with Server(part, "r", port=port):
            assert client.send(_mark("begun", token="b")) == 2


def test_a_mark_that_is_not_taken_raises() -> None:
    with pytest.raises(MarkNotWritten, match="Refused"):
        Client(f"http://127.0.0.1:{free_port()}", patience=0.2).send(_mark("begun"))


def test_what_is_no_mark_is_refused(part: Path, client: Client, store: Server) -> None:
    with pytest.raises(MarkNotWritten, match=r"400: .*event"):
        client.send({"event": "maybe", "id": "r-1", "token": "a"})
    assert httpx.post(f"{store.url}/other", content=b"{}", trust_env=False).status_code == 404
    assert httpx.get(store.url, trust_env=False).is_success
    assert _marks(part) == []


def _answering() -> bool:
    """Whether a connection to a store is still served."""
    return any("process_request" in thread.name for thread in threading.enumerate())


def test_nothing_is_said_of_a_client_that_is_killed_in_the_middle_of_a_mark(
    store: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    # Given a connection that is served
    url = httpx.URL(store.url)
    connection = socket.create_connection((url.host, url.port), timeout=5)
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert connection.recv(1)

    # When it is reset, as the kernel does it for a process that is killed with something unread
    connection.sendall(b"POST /marks HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()

    # Then
    eventually(lambda: not _answering())
    assert capfd.readouterr().err == ""


def test_what_the_store_itself_does_wrong_is_said(part: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # Given
    def metrics() -> bytes:
        raise ValueError("nothing to tell")

    # When
    with Server(part, "r", metrics=metrics) as store, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{store.url}/metrics", trust_env=False)
    eventually(lambda: not _answering())

    # Then
    assert "ValueError: nothing to tell" in capfd.readouterr().err


@pytest.mark.parametrize(("name", "function", "args"), [(MARK, tasks.mark, [7, 1]), (CPU, tasks.cpu, [7, 1])])
def test_a_task_leaves_a_mark_before_and_after(
    part: Path, client: Client, name: str, function: object, args: list[int]
) -> None:
    # When
    with enter(_running(attempt=3)):
        result = function(*args)  # type: ignore[operator]

    # Then
    begun, ended = _marks(part)
    assert (begun.event, begun.value, begun.attempt, begun.pid) == ("begun", 7, 3, os.getpid())
    assert (ended.event, ended.value, ended.token) == ("ended", result, begun.token)
    assert result == answer(name, args)


def test_a_flaky_task_fails_so_often_and_leaves_no_second_mark_then(part: Path, client: Client) -> None:
    # When
    with enter(_running()):
        for _ in range(2):
            with pytest.raises(tasks.FailedOnPurpose):
                tasks.flaky(7, 2)
        result = tasks.flaky(7, 2)

    # Then
    assert [(mark.event, mark.delivery) for mark in _marks(part)] == [
        ("begun", 1),
        ("begun", 2),
        ("begun", 3),
        ("ended", 3),
    ]
    assert result == answer(FLAKY, [7, 2])


def test_a_line_is_marked_under_its_batch_and_its_number(part: Path, client: Client) -> None:
    # When
    with enter(_running("r-file.12")):
        result = tasks.line(5, 6)

    # Then
    assert [(mark.id, mark.line) for mark in _marks(part)] == [("r-file", 5), ("r-file", 5)]
    assert result == answer(LINE, [5, 6])


def test_a_task_that_cannot_leave_its_mark_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    client = Client(f"http://127.0.0.1:{free_port()}", patience=0)
    monkeypatch.setattr(tasks, "_client", lambda: client)

    # Then
    with enter(_running()), pytest.raises(MarkNotWritten):
        tasks.mark(7)


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:1"])
def test_the_tasks_are_there_where_a_store_is_named(url: str | None) -> None:
    # Given
    program = (
        "from longshore.task import registry; import longshore_loadtest.marks.tasks; print(*sorted(registry))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    env |= {"LONGSHORE_LOADTEST_MARKS": url} if url else {}

    # When
    told = subprocess.run(
        [sys.executable, "-c", program], env=env, check=True, capture_output=True, text=True, timeout=30
    ).stdout.split()

    # Then
    assert told == (sorted([MARK, LINE, FLAKY, CPU]) if url else [])
