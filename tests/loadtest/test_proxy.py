"""The proxy: late, lossy, cut, and well again by itself."""

import json
import random
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from os import environ
from pathlib import Path

import pytest

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.proxy.control import Toxics, asked, lacks_proxy, tell
from longshore_loadtest.faults.proxy.toxics import BrokenOff, Way
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.target import Instance, Local
from tests.services.program import Program
from tests.services.waiting import Eventually

PLACE = "api:client"


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):
            while piece := self.request.recv(1024):
                self.request.sendall(piece)


@dataclass
class Road:
    """A proxy in front of something that echoes."""

    port: int
    target: LocalTarget
    program: Program

    def connect(self) -> socket.socket:
        """A connection through it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def tell(self, toxics: Toxics) -> None:
        """What is wrong from now on."""
        tell(self.target, PLACE, toxics)


@pytest.fixture
def way(tmp_path: Path, eventually: Eventually) -> Iterator[Road]:
    """Open."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        words = ["-m", "longshore_loadtest.faults.proxy", "--to", f"127.0.0.1:{server.server_address[1]}"]
        program = Program([sys.executable, *words], tmp_path / "proxy.log", environ)
        program.start()
        try:
            eventually(lambda: program.log().endswith("}\n"))
            said = json.loads(program.log())
            target = LocalTarget(Local(str(tmp_path), proxies={PLACE: said["control"]}))
            yield Road(said["port"], target, program)
        finally:
            program.stop()
            server.shutdown()


def _echoed(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    got = b""
    while len(got) < len(text) and (piece := connection.recv(1024)):
        got += piece
    return got


def test_bytes_pass_in_both_directions_and_so_does_the_end(way: Road) -> None:
    with way.connect() as connection:
        # When
        got = _echoed(connection, b"x" * 5_000)
        connection.shutdown(socket.SHUT_WR)

        # Then
        assert got == b"x" * 5_000
        assert connection.recv(1) == b""


def test_what_passes_is_late_each_way(way: Road) -> None:
    with way.connect() as connection:
        # Given
        way.tell(Toxics(delay=0.1))
        began = time.monotonic()

        # When
        got = _echoed(connection, b"late")

        # Then
        assert got == b"late"
        assert time.monotonic() - began >= 0.2


def test_nothing_passes_a_cut_until_it_is_healed(way: Road) -> None:
    with way.connect() as connection:
        # Given
        assert _echoed(connection, b"before") == b"before"
        way.tell(Toxics(cut=True))

        # When
        connection.sendall(b"during")
        connection.settimeout(0.5)

        # Then
        with pytest.raises(TimeoutError):
            connection.recv(1024)

        # When
        way.tell(Toxics())
        connection.settimeout(10)

        # Then
        assert connection.recv(1024) == b"during"


def test_what_nobody_ends_ends_by_itself(way: Road) -> None:
    with way.connect() as connection:
        # When
        way.tell(Toxics(cut=True, seconds=0.5))

        # Then
        assert _echoed(connection, b"after") == b"after"


def test_a_packet_that_is_lost_again_and_again_breaks_the_connection(way: Road) -> None:
    with way.connect() as connection:
        # Given
        way.tell(Toxics(loss=1.0))

        # When
        connection.sendall(b"gone")

        # Then
        with pytest.raises(ConnectionResetError):
            connection.recv(1024)


def test_clients_that_break_off_leave_no_word_behind(way: Road) -> None:
    # Given
    said = way.program.log()
    way.tell(Toxics(delay=0.01))

    # When each is gone before its answer is here
    for _ in range(200):
        with way.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(b"x" * 60_000)
    way.tell(Toxics())

    # Then
    with way.connect() as connection:
        assert _echoed(connection, b"still there") == b"still there"
    assert way.program.log() == said


def test_loss_is_lateness_that_grows() -> None:
    # Given
    way, chance = Way(), random.Random(1)
    way.set(Toxics(loss=0.5))

    # When
    late = set[float]()
    while len(late) < 6:
        try:
            late.add(round(way.lateness(chance), 3))
        except BrokenOff:
            continue

    # Then
    assert late == {0.0, 0.2, 0.6, 1.4, 3.0, 6.2}


def test_who_says_nonsense_is_told(way: Road) -> None:
    # Given
    url = way.target.proxy(PLACE)
    assert url

    # Then
    with pytest.raises(Impossible, match="400"):
        way.tell(Toxics(delay="soon"))  # type: ignore[arg-type]
    assert lacks_proxy(way.target, PLACE) is None


def test_a_proxy_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    # Given
    target = LocalTarget(Local(str(tmp_path), proxies={PLACE: "http://127.0.0.1:9"}))

    # Then
    assert "does not answer" in str(lacks_proxy(target, PLACE))
    assert lacks_proxy(target, "redis:api") == "there is no proxy on the way redis:api"


@pytest.mark.parametrize("name", ["latency", "loss", "cut"])
def test_a_fault_of_the_way_begins_and_heals(way: Road, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    # Given a target whose API serves
    api = Instance("api", "api (1)", "1.1", 60.0)
    monkeypatch.setattr(LocalTarget, "instances", lambda _self, part: [api] if part == "api" else [])
    fault = FAULTS[name]
    active_fault = ActiveFault("w1", name, PLACE, 60.0, api)

    # When
    assert fault.lacks(way.target, PLACE) is None
    fault.begin(way.target, fault.prepared(way.target, active_fault, random.Random(1)))

    # Then
    assert asked(way.target, PLACE) != Toxics()

    # When it is healed, and once more
    fault.heal(way.target, active_fault)
    fault.heal(way.target, active_fault)

    # Then
    assert asked(way.target, PLACE) == Toxics()
