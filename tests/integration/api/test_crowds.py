"""Crowds of connections that cost their clients nothing, at the real server."""

import re
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from longshore_ledger import Ledger
from longshore_ledger.keys import Role, digest_of
from tests.integration.client.serving import serving
from tests.services.waiting import Eventually

from .guarded import ADMIN_KEY, Guarded
from .wire import ask, request

_FORM = "application/x-www-form-urlencoded"
CROWD = 2_150
"""More than there are places."""


@pytest.fixture
def api(guarded: Guarded, catalogued: Ledger) -> Guarded:
    """One whose ledger knows the examples."""
    assert catalogued.catalogue.read()
    return guarded


@pytest.fixture
def crowd(api: Guarded) -> Iterator[list[socket.socket]]:
    """More connections than there are places; their files need a higher limit in this process, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < CROWD + 500:
        pytest.skip(f"only {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CROWD + 500), hard))
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", api.port), timeout=20))
            for _ in range(CROWD)
        ]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Never-Ends: ",
        request("POST", "/sign-in", {"Content-Type": _FORM, "Content-Length": "100"}) + b"key=",
    ],
    ids=["silent", "unfinished headers", "bodies that never come"],
)
def test_a_crowd_without_a_key_silences_nobody(api: Guarded, crowd: list[socket.socket], sent: bytes) -> None:
    # Given
    for connection in crowd:
        with suppress(OSError):  # It may have lost its place already.
            connection.sendall(sent)

    # When / Then
    for path in ("/readyz", "/healthz", "/metrics", "/v1/stats", "/v1/tasks"):
        assert api.get(path).status_code == 200
    signed_in = httpx.post(f"{api.address}/sign-in", data={"key": ADMIN_KEY}, trust_env=False, timeout=20)
    assert signed_in.status_code == 303


def test_whoever_never_sends_a_body_is_told(api: Guarded) -> None:
    # When
    headers = {"X-API-Key": ADMIN_KEY, "Content-Type": "application/json", "Content-Length": "100"}
    with socket.create_connection(("127.0.0.1", api.port), timeout=40) as connection:
        connection.sendall(request("POST", "/v1/tasks", headers) + b"{")
        answer = connection.recv(65_536)

    # Then
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_large_heads_that_never_end_cost_little(api: Guarded) -> None:
    # Given
    before = api.processor_seconds()
    head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(
        b"X-%d: %s\r\n" % (n, b"x" * 7_700) for n in range(100)
    )

    # When
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", api.port), timeout=20) as connection:
            try:
                connection.sendall(head)
                connection.recv(100)
            except OSError:
                pass  # Refused while it was sending.

    # Then it took a fraction of the 16 s that reading them all took
    assert api.processor_seconds() - before < 5


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 9_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused_as_everything_else_is(api: Guarded, head: bytes, status: int) -> None:
    # When
    answer = ask(api.port, head)

    # Then
    assert answer is not None
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_methods_that_clients_make_up_do_not_fill_the_metrics(api: Guarded) -> None:
    # Given
    api.get("/v1/tasks")
    methods = [f"M{number}" for number in range(300)]
    for method in methods:
        assert ask(api.port, request(method, "/v1/tasks")) is not None

    # When
    text = api.get("/metrics").text

    # Then
    assert set(re.findall(r'method="(\w+)"', text)) <= {"GET", "POST", "other"}
    assert len(text) < 50_000


def test_every_answer_is_kept_by_nobody_and_taken_for_nothing_else(api: Guarded) -> None:
    for path in (
        "/v1/tasks",
        "/nowhere",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/",
        "/sign-in",
    ):
        answer = api.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Cache-Control"] == "no-store", path
    assert api.get("/v1/tasks", **{"X-API-Key": "wrong"}).headers["Cache-Control"] == "no-store"


@pytest.fixture
def frugal(redis_url: str, catalogued: Ledger, tmp_path: Path, eventually: Eventually) -> Iterator[Guarded]:
    """An API of which each key may have three requests under way."""
    assert catalogued.catalogue.read()
    with serving(
        redis_url, tmp_path / "api.log", eventually, admin_key=ADMIN_KEY, key_connections=3
    ) as program:
        yield Guarded(program)


def test_a_key_that_holds_all_it_may_is_told_which_limit_it_met(
    frugal: Guarded, catalogued: Ledger, eventually: Eventually
) -> None:
    # Given a key with as many event streams as it may have
    viewer = catalogued.keys.create("viewer", Role.VIEWER)
    stream = request("GET", "/v1/events", {"X-API-Key": viewer})
    with ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", frugal.port), timeout=20))
            connection.sendall(stream)
            assert connection.recv(1_000).startswith(b"HTTP/1.1 200 ")

        # When
        answer = frugal.get("/v1/tasks", **{"X-API-Key": viewer})

        # Then it is told, and others are not
        assert answer.status_code == 429
        assert "LONGSHORE_KEY_CONNECTIONS" in answer.json()["detail"]
        assert answer.headers["Retry-After"] == "1"
        assert frugal.get("/v1/tasks").status_code == 200

    # And when they are gone it may go on
    eventually(lambda: frugal.get("/v1/tasks", **{"X-API-Key": viewer}).status_code == 200, within=30)


@pytest.mark.parametrize("by", ["key", "session"])
def test_an_event_stream_ends_soon_after_what_opened_it(
    guarded: Guarded, catalogued: Ledger, eventually: Eventually, by: str
) -> None:
    # Given two viewers who listen, one by a key and one by a session of another
    viewer, guest = (catalogued.keys.create(name, Role.VIEWER) for name in ("viewer", "guest"))
    session = catalogued.sessions.open(digest_of(guest))
    headers = {"key": {"X-API-Key": viewer}, "session": {"Cookie": f"longshore_session={session}"}}
    other = {"key": "session", "session": "key"}[by]
    with ExitStack() as stack:
        streams = {}
        for name in ("key", "session"):
            streams[name] = stack.enter_context(
                socket.create_connection(("127.0.0.1", guarded.port), timeout=5)
            )
            streams[name].sendall(request("GET", "/v1/events", headers[name]))
            assert streams[name].recv(1_000).startswith(b"HTTP/1.1 200 ")

        # When
        if by == "key":
            catalogued.keys.revoke("viewer")
        else:
            catalogued.sessions.close(session)

        # Then its stream ends, and the other goes on: a snapshot a second
        eventually(lambda: _ended(streams[by]), within=5)
        assert not _ended(streams[other])


def _ended(stream: socket.socket) -> bool:
    """Whether what comes next is the last chunk of the answer, or the end of the connection."""
    piece = stream.recv(100_000)
    return not piece or piece.endswith(b"0\r\n\r\n")
