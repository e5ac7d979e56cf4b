"""Valid requests with some of their bytes changed, at the real server: it refuses them and goes on."""

import os
import random
import re
import socket
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import pytest

from longshore_ledger import Ledger

from .guarded import ADMIN_KEY, Guarded
from .test_odd_requests import RULES
from .wire import request

SEED: Final = int(os.environ.get("FUZZ_SEED", "20250101"))
"""The same each time, so that a failure is that of the change at hand; another one to look for more."""
MUTATIONS: Final = int(os.environ.get("FUZZ_MUTATIONS", "12000"))
PIPELINED: Final = 4
"""Requests that are sent on one connection before it is shut down. One that breaks it hides the rest."""
ALLOWED: Final = {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
STATUS: Final = re.compile(rb"^HTTP/1\.1 ([0-9]{3}) [A-Z]", re.MULTILINE)

JSON: Final = {"Content-Type": "application/json"}
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS: Final = {"Content-Type": "multipart/form-data; boundary=B"}
LINES: Final = {"Content-Type": "application/x-ndjson"}
FILE: Final = (
    b'--B\r\nContent-Disposition: form-data; name="task"\r\n\r\nadd\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n1 2\n3 4\n\r\n--B--\r\n'
)
POSTS: Final[tuple[tuple[str, dict[str, str], bytes], ...]] = (
    (
        "/v1/tasks",
        JSON,
        b'{"task":"add","args":[1,2.5e3],"id":"y","priority":3,"delay":1.5,"queue":"default"}',
    ),
    (
        "/v1/tasks",
        JSON,
        b'{"task":"add","args":{"a":1,"b":2},"run_at":"2026-01-02T03:04:05.678+01:00","timeout":9}',
    ),
    (
        "/v1/tasks/bulk",
        LINES,
        b'{"task":"add","args":[1,2]}\n{"task":"add","args":{"a":"1","b":2},"retries":1}\n',
    ),
    (
        "/v1/tasks/bulk",
        LINES | {"Transfer-Encoding": "chunked"},
        b'1c\r\n{"task":"add","args":[1,2]}\n\r\n0\r\n\r\n',
    ),
    ("/v1/tasks/cancel", JSON, b'{"ids":["x0","y"]}'),
    ("/v1/tasks/retry", JSON, b'{"ids":["x0","y"]}'),
    ("/v1/batches", PARTS, FILE),
    ("/v1/batches", PARTS | {"Transfer-Encoding": "chunked"}, b"%x\r\n%b\r\n0\r\n\r\n" % (len(FILE), FILE)),
    ("/submit", FORM, b"task=add&arg.a=1&arg.b=%32&delay=1&csrf=x"),
    ("/sign-in", FORM, b"key=" + ADMIN_KEY.encode() + b"&next=%2Ftasks"),
)
ASKED: Final = (
    "/v1/tasks?state=SUCCESS&task=add&queue=default&since=2026-01-01T00:00:00Z&limit=10&like=x",
    "/v1/batches?limit=3&cursor=1735689600000000",
    "/v1/batches/b0/output?partial=1",
    "/v1/stats/history?queue=default",
    "/tasks?since=1735689600&state=FAILURE",
)
HEADERS: Final = {
    "Accept": "application/json, text/html;q=0.5",
    "Accept-Encoding": "gzip, br;q=0.1",
    "Range": "bytes=0-99",
    "If-None-Match": '"abc"',
    "Cookie": "longshore_session=abc; other=1",
    "Origin": "http://127.0.0.1",
}
BITS: Final = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b" ",
        b":",
        b";",
        b",",
        b'"',
        b"%",
        b"/",
        b"?",
        b"=",
        b"\xff",
        b"\xf0\x9f",
    ),
    *(b"HTTP/1.0", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 3\r\n", b"Expect: 100-continue\r\n"),
    *(
        b"9" * 40,
        b"-1",
        b"1e400",
        b"NaN",
        b"\\ud800",
        b"[" * 200,
        b"{",
        b"}",
        b"null",
        b"0x1f",
        b"%00",
        b"--B",
    ),
    *(b"9999-12-31T23:59:59-23:59", "٣".encode()),
)
"""What is put in, beside bytes by chance."""


def _corpus() -> Iterator[bytes]:
    """Valid requests of every route but the streams, most with a key that may do all."""
    key = {"Authorization": f"Bearer {ADMIN_KEY}"}
    for rule, methods in RULES.items():
        target = re.sub("<.*?>", "x0", rule)
        if "GET" in methods and rule != "/v1/events":
            yield request("GET", target, key)
            yield request("GET", target, HEADERS)
        elif "POST" in methods:
            yield request("POST", target, key | JSON, b"{}")
    for target in ASKED:
        yield request("GET", target, key | HEADERS)
    for target, headers, body in POSTS:
        yield request("POST", target, key | headers, body)
        yield request("POST", target, key | headers, body)  # There is more to change in them.
        yield request("POST", target, headers | HEADERS, body)


def _mutated(chance: random.Random, corpus: list[bytes]) -> bytes:
    """One of them with one to four changes."""
    data = bytearray(chance.choice(corpus))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        upto = min(len(data), at + chance.choice((1, 1, 2, 5, 30)))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                del data[at:upto]
            case 3:
                data[at:at] = data[at:upto] * chance.choice((1, 3, 50))
            case 4:
                data[at:upto] = chance.choice(BITS)
            case 5:
                other = chance.choice(corpus)
                data[at:] = other[chance.randrange(len(other)) :]
            case _:
                data[at:at] = chance.choice(BITS)
    return bytes(data)


def _answers(port: int, sent: bytes) -> bytes:
    """All that comes back until the server closes the connection; a stream is read to its beginning."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        came = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while (piece := connection.recv(1 << 20)) and b"text/event-stream" not in piece:
                came += piece
        except ConnectionError:
            pass  # Refused before all of it was sent.
        return came


def _statuses(answers: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(answers)]


@pytest.mark.timeout(240)
def test_no_change_of_bytes_breaks_the_server(guarded: Guarded, catalogued: Ledger) -> None:
    # Given
    assert catalogued.catalogue.read()
    chance, corpus = random.Random(SEED), list(_corpus())
    for each in corpus:
        assert [status for status in _statuses(_answers(guarded.port, each)) if status >= 500] == [], each
    wrong, seen = [], set[int]()

    # When
    for number in range(0, MUTATIONS, PIPELINED):
        sent = b"".join(_mutated(chance, corpus) for _ in range(PIPELINED))
        try:
            answers = _answers(guarded.port, sent)
        except TimeoutError:
            wrong.append(f"{number}: no end of {sent!r}")
            continue
        seen |= set(_statuses(answers))
        bad = [status for status in _statuses(answers) if status >= 500 and status not in ALLOWED]
        if bad or b"a defect of Longshore" in answers:
            wrong.append(f"{number}: {bad} for {sent!r}: {answers[-500:]!r}")

    # Then what it met was worth the while, and nothing was a defect
    assert {200, 202, 400, 401, 404, 405, 415, 422} <= seen, seen
    assert wrong == [], f"FUZZ_SEED={SEED}"
    assert guarded.get("/readyz").is_success
    assert guarded.told_of_defects() == []
