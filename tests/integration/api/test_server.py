"""The real process: gunicorn, gevent, sockets."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from longshore_ledger import Ledger
from tests.integration.client.serving import serving
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import Eventually

from .stand_in import StandInWorker


@dataclass(frozen=True)
class Running:
    """An API process and a client of it."""

    process: Program
    port: int
    http: httpx.Client

    def log(self) -> list[dict[str, object]]:
        """Its log, a record a line."""
        return [json.loads(line) for line in self.process.log_file.read_text().splitlines()]


@pytest.fixture
def api(
    processes: Processes, redis_url: str, catalogued: Ledger, eventually: Eventually
) -> Iterator[Running]:
    """An API that serves."""
    port = free_port()
    process = processes.start("api", ledger=redis_url, port=port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http:

        def answers() -> bool:
            try:
                return http.get("/readyz").is_success
            except httpx.TransportError:
                return False

        eventually(answers, within=30)
        yield Running(process, port, http)


def _form(id: str, lines: bytes) -> bytes:
    parts = b"".join(
        b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair
        for pair in ((b"task", b"add"), (b"id", id.encode()))
    )
    return parts + b'--B\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n' + lines


_UPLOAD = "POST /v1/batches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=B\r\n"


def test_many_wait_at_once_and_one_more_is_served(
    api: Running, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given fifty clients that wait for one task
    api.http.post("/v1/tasks", json={"task": "add", "args": [2, 3], "id": "slow"})
    results: list[int] = []

    def wait() -> None:
        address = f"http://127.0.0.1:{api.port}/v1/tasks/slow/result?wait=30"
        results.append(httpx.get(address, trust_env=False, timeout=60).json()["result"])

    waiting = [threading.Thread(target=wait) for _ in range(50)]
    for thread in waiting:
        thread.start()

    # When somebody else asks, and then the task ends
    assert api.http.get("/v1/stats").is_success
    worker.run("add")

    # Then
    for thread in waiting:
        thread.join(30)
    assert results == [5] * 50


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_an_upload_that_breaks_off_is_given_up(
    api: Running, worker: StandInWorker, eventually: Eventually, framing: str
) -> None:
    # Given an upload in the middle of its file
    body = _form("broken", b"1 2\n" * 100_000)
    with socket.create_connection(("127.0.0.1", api.port)) as connection:
        if framing == "length":
            connection.sendall(f"{_UPLOAD}Content-Length: {len(body) + 1000}\r\n\r\n".encode() + body)
        else:
            head = f"{_UPLOAD}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n"
            connection.sendall(head.encode() + body + b"\r\n")
        eventually(lambda: api.http.get("/v1/batches/broken").json().get("state") == "OPEN")

        # When
        connection.shutdown(socket.SHUT_RDWR)

    # Then
    eventually(lambda: api.http.get("/v1/batches/broken").json()["state"] == "REVOKED")
    assert worker.run("add") == 0


def test_a_body_of_unknown_length_is_bounded(api: Running) -> None:
    # When a client streams more than a submission may hold
    answer = api.http.post(
        "/v1/tasks",
        content=iter([b'{"task":"add","args":[1,2]}', b" " * 400_000]),
        headers={"Content-Type": "application/json"},
    )

    # Then
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_refused_upload_is_answered_although_nobody_reads_the_file(api: Running) -> None:
    # When
    answer = api.http.post(
        "/v1/batches", data={"task": "nobody"}, files={"file": ("big.txt", b"1 2\n" * 2_000_000)}
    )

    # Then
    assert answer.status_code == 404
    assert answer.json()["task"] == "nobody"


def test_every_request_is_a_line_of_log_with_the_task_in_it(api: Running, eventually: Eventually) -> None:
    # When
    api.http.post("/v1/tasks", json={"task": "add", "args": [2, 3], "id": "seen"})
    api.http.get("/v1/tasks/seen")
    api.http.get("/v1/queues")

    # Then
    def lines() -> list[tuple[object, ...]]:
        found = [line for line in api.log() if line["event"] == "request" and line["path"] != "/readyz"]
        return [(line["method"], line["path"], line["status"], line.get("id")) for line in found]

    expected = [
        ("POST", "/v1/tasks", 202, "seen"),
        ("GET", "/v1/tasks/seen", 200, "seen"),
        ("GET", "/v1/queues", 200, None),
    ]
    eventually(lambda: lines() == expected)


def test_it_stops_in_order_and_finishes_what_it_is_answering(
    api: Running, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given a client that waits
    api.http.post("/v1/tasks", json={"task": "add", "args": [2, 3], "id": "slow"})
    api.http.close()
    answers: list[httpx.Response] = []
    address = f"http://127.0.0.1:{api.port}/v1/tasks/slow/result?wait=10"
    waiting = threading.Thread(target=lambda: answers.append(httpx.get(address, trust_env=False, timeout=30)))
    waiting.start()
    eventually(lambda: _connections(api.port) >= 1)

    # When
    api.process.process.terminate()

    # Then it takes no more, and answers what it has
    def refused() -> bool:
        try:
            socket.create_connection(("127.0.0.1", api.port), timeout=1).close()
        except OSError:
            return True
        return False

    eventually(refused)
    worker.run("add")
    waiting.join(15)
    assert [answer.json()["result"] for answer in answers] == [5]
    assert api.process.wait(within=20) == 0


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        pytest.param("::", marks=pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")),
    ],
)
def test_on_its_metrics_port_it_tells_without_a_key(
    processes: Processes, redis_url: str, eventually: Eventually, host: str
) -> None:
    # Given an API that other machines reach, and its administrator's key
    port, metrics_port, key = free_port(), free_port(), "lsk_of-the-chart-0123456789"
    process = processes.start(
        "api", ledger=redis_url, host=host, port=port, metrics_port=metrics_port, admin_key=key
    )

    def get(number: int, path: str, **headers: str) -> httpx.Response:
        try:
            return httpx.get(f"http://127.0.0.1:{number}{path}", headers=headers, trust_env=False)
        except httpx.TransportError as error:
            raise ConnectionError(error) from error

    eventually(lambda: get(metrics_port, "/readyz").status_code == 200)

    # When a request is answered while a probe is slow to ask
    with socket.create_connection(("127.0.0.1", metrics_port)):
        assert get(port, "/v1/tasks", Authorization=f"Bearer {key}").status_code == 200

        # Then it is counted, and told to whom has no key
        assert 'route="/v1/tasks",status="200"} 1.0' in get(metrics_port, "/metrics").text
        assert get(metrics_port, "/livez").text == "ok\n"
        assert get(metrics_port, "/v1/tasks").status_code == 404
        assert get(port, "/metrics").status_code == 401

        # And it holds nobody up at the end
        process.process.terminate()
        assert process.wait(within=20) == 0


def test_it_does_not_start_without_its_metrics_port(processes: Processes, redis_url: str) -> None:
    # Given somebody else who has it
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]

        # When
        process = processes.start("api", ledger=redis_url, port=free_port(), metrics_port=taken)

        # Then
        assert process.wait(within=30) == 1
    assert f"LONGSHORE_METRICS_PORT: cannot listen on 127.0.0.1 port {taken}" in process.log_file.read_text()


def test_it_says_no_more_than_its_log_level_lets_it(
    redis_url: str, tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    with serving(
        redis_url, tmp_path / "api.log", eventually, log_level="warning", log_format="json"
    ) as program:
        # When it is asked for what it has, and in a way that is not HTTP
        address = ("127.0.0.1", int(program.env["LONGSHORE_PORT"]))
        with socket.create_connection(address) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            connection.recv(1)

    # Then
    records = [json.loads(line) for line in program.log().splitlines()]
    assert [record["event"] for record in records] == ["no HTTP"]


def test_it_refuses_to_serve_strangers_without_a_key(
    processes: Processes, redis_url: str, ledger: Ledger
) -> None:
    # When
    process = processes.start("api", ledger=redis_url, host="0.0.0.0", port=free_port())

    # Then
    assert process.wait(within=30) == 2
    assert "longshore keys create" in process.log_file.read_text()


def _connections(port: int) -> int:
    """Established connections to a local port, as the kernel knows them."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)
