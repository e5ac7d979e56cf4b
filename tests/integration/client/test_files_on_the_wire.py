"""Files through the real server: names, bodies and answers as bytes, which no test client ever sees."""

import socket
from urllib.parse import unquote

import httpx
import pytest

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.integration.api.stand_in import StandInWorker
from tests.services.waiting import Eventually


def _form(name: str, text: bytes, **fields: str) -> bytes:
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in {"task": "add", **fields}.items()
    ]
    head = f'--B\r\nContent-Disposition: form-data; name="file"; {name}\r\n\r\n'.encode()
    return b"".join([*parts, head, text, b"\r\n--B--\r\n"])


def _post(url: str, body: bytes) -> httpx.Response:
    headers = {"Content-Type": "multipart/form-data; boundary=B"}
    return httpx.post(f"{url}/v1/batches", content=body, headers=headers, trust_env=False)


def _raw(url: str, request: bytes, *, ended: bool = True) -> bytes:
    """Send bytes, say that no more will come, and read all of the answer."""
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port or 80), timeout=30) as connection:
        connection.sendall(request)
        if ended:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
        return answer


def _cut(path: str, kind: str, body: bytes, missing: int = 100) -> bytes:
    """A request that announces more bytes than come."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body) + missing}\r\n\r\n"
    ).encode() + body


@pytest.mark.parametrize(
    ("sent", "saved", "plain"),
    [
        ('filename="数据.txt"', "数据.out.txt", "n.out.txt"),
        ('filename="Łódź.txt"', "Łódź.out.txt", "odz.out.txt"),
        ('filename="em—dash.txt"', "em—dash.out.txt", "emdash.out.txt"),
        ('filename="naïve.txt"', "naïve.out.txt", "naive.out.txt"),
        ('filename="😀.txt"', "😀.out.txt", "n.out.txt"),
        ("filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x.txt", None, "aSet-Cookie: x.out.txt"),
        ('filename="a\x01\u202eb\u2028.txt"', None, "ab.out.txt"),
        ('filename="' + "x" * 2000 + '.txt"', None, "x" * 240 + ".out.txt"),
        ('filename="C:\\\\files\\\\numbers.txt"', None, "numbers.out.txt"),
    ],
)
def test_a_file_of_any_name_is_fetched_under_its_name(
    url: str, worker: StandInWorker, sent: str, saved: str | None, plain: str
) -> None:
    # Given
    uploaded = _post(url, _form(sent, b"1 2\n1 x\n", id="n"))
    worker.run("add")
    assert uploaded.status_code == 202, uploaded.text
    assert len(uploaded.json()["filename"].encode()) <= 255

    # When its output and its errors are fetched
    for what in ("out", "errors"):
        path = {"out": "output", "errors": "errors"}[what]
        answer = _raw(url, f"GET /v1/batches/n/{path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())

        # Then the name is there in ASCII, and as it is where that is not enough
        head, _, _ = answer.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0].endswith(b"200 OK")
        (named,) = [line.decode("ascii") for line in lines if line.startswith(b"Content-Disposition")]
        assert plain.replace(".out.", f".{what}.") in named.replace('"', "")
        assert len(named) < 400
        if saved is not None:
            assert unquote(named.partition("filename*=UTF-8''")[2]) == saved.replace(".out.", f".{what}.")


def test_an_upload_that_broke_off_is_done_when_it_is_sent_again(
    url: str, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given half a file, whose connection ends
    whole = _form('filename="f.txt"', b"1 2\n" * 50_000, id="f")
    broken = _raw(url, _cut("/v1/batches", "multipart/form-data; boundary=B", whole[:150_000]))
    assert b" 400 " in broken.partition(b"\r\n")[0]
    assert b"upload-broken" in broken
    assert httpx.get(f"{url}/v1/batches/f", trust_env=False).json()["revoked"] == "the upload broke off"

    # When it is sent again under its id, and once more
    again, known = _post(url, whole), _post(url, whole)

    # Then all of it runs, once
    assert (again.status_code, known.status_code) == (202, 200)
    assert (again.json()["state"], again.json()["total"]) == ("RUNNING", 50_000)
    assert known.json()["revoked"] is None


def test_two_uploads_of_one_id_at_once_are_one_batch(url: str, worker: StandInWorker) -> None:
    # Given an upload that stands still
    whole = _form('filename="f.txt"', b"1 2\n" * 50_000, id="f")
    rest = len(whole) - 150_000
    request = _cut("/v1/batches", "multipart/form-data; boundary=B", whole[:150_000], rest)
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port or 80), timeout=30) as first:
        first.sendall(request)

        # When it is sent beside it
        second = _post(url, whole)

        # Then that one runs, and the first is told so when it goes on
        first.sendall(whole[150_000:])
        first.shutdown(socket.SHUT_WR)
        told = first.recv(65_536)
    assert second.status_code == 202
    assert b" 409 " in told.partition(b"\r\n")[0]
    assert httpx.get(f"{url}/v1/batches/f", trust_env=False).json()["state"] == "RUNNING"


def test_another_file_under_the_same_id_is_refused_whatever_it_begins_with(url: str) -> None:
    # Given
    beginning = b"1 2\n" * 30_000
    assert _post(url, _form('filename="f.txt"', beginning + b"3 4\n", id="f")).status_code == 202

    # When files come that differ in their last line, and in one line more
    others = [
        _post(url, _form('filename="f.txt"', beginning + end, id="f")) for end in (b"3 5\n", b"3 4\n5 6\n")
    ]

    # Then
    assert [(other.status_code, other.json()["type"]) for other in others] == [
        (409, "urn:longshore:id-taken")
    ] * 2


def test_a_cancelled_batch_sent_again_is_said_to_be_cancelled(url: str) -> None:
    # Given
    whole = _form('filename="f.txt"', b"1 2\n", id="f")
    _post(url, whole)
    httpx.post(f"{url}/v1/batches/f/cancel", trust_env=False)

    # When
    again = _post(url, whole)

    # Then
    assert (again.status_code, again.json()["type"]) == (409, "urn:longshore:batch-cancelled")


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/v1/tasks", "application/json", b'{"task": "add", "args": [1, 2], "id": "cut"}'),
        ("/v1/tasks/bulk", "application/x-ndjson", b'{"task": "add", "args": [1, 2], "id": "cut"}\n'),
        ("/submit", "application/x-www-form-urlencoded", b"task=add&id=cut&arg.a=1&arg.b=2"),
    ],
)
def test_a_body_that_was_cut_is_not_taken_for_all_of_it(url: str, path: str, kind: str, body: bytes) -> None:
    # When the connection ends before the length that was announced
    answer = _raw(url, _cut(path, kind, body))

    # Then
    assert b" 400 " in answer.partition(b"\r\n")[0]
    assert b"The body is incomplete" in answer
    assert httpx.get(f"{url}/v1/tasks/cut", trust_env=False).status_code == 404


def test_a_short_output_never_looks_whole(url: str, worker: StandInWorker, ledger: Ledger) -> None:
    # Given a long file, of which a chunk is lost
    _post(url, _form('filename="f.txt"', b"1 2\n" * 5_000, id="f"))
    while ledger.maintenance.walk_batches():
        pass
    worker.run("add")
    whole = httpx.get(f"{url}/v1/batches/f/output", trust_env=False)
    assert (whole.status_code, len(whole.text.splitlines())) == (200, 5_000)
    ledger.connection.redis.delete(f"{PREFIX}:t:f.200")

    # When it is fetched, then it breaks off, in the old protocol as well
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/v1/batches/f/output", trust_env=False)
    with pytest.raises(ConnectionResetError):
        _raw(url, b"GET /v1/batches/f/output HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", ended=False)


def test_an_output_is_fetched_again_only_as_long_as_it_is_the_same(url: str, worker: StandInWorker) -> None:
    # Given
    _post(url, _form('filename="f.txt"', b"1 2\n1 x\n", id="f"))
    partial = httpx.get(f"{url}/v1/batches/f/output?partial=1", trust_env=False)
    worker.run("add")
    tag = httpx.get(f"{url}/v1/batches/f/output", trust_env=False).headers["ETag"]

    # When a failed line is retried in between
    headers = {"If-Match": tag}
    same = httpx.get(f"{url}/v1/batches/f/output", headers=headers, trust_env=False)
    httpx.post(f"{url}/v1/batches/f/retry", trust_env=False)
    worker.run("add")
    changed = httpx.get(f"{url}/v1/batches/f/output", headers=headers, trust_env=False)

    # Then
    assert "ETag" not in partial.headers
    assert (same.status_code, changed.status_code) == (200, 412)
