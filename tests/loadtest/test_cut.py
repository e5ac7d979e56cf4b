"""A pod's network is cut from outside of it."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from longshore_loadtest.targets.agent import act
from longshore_loadtest.targets.disruptions.cut import Cut
from longshore_loadtest.targets.disruptions.fill import Fill
from longshore_loadtest.targets.disruptions.freeze import Freeze
from longshore_loadtest.targets.disruptions.netfilter import lacks_nft
from longshore_loadtest.targets.disruptions.skew import Skew
from longshore_loadtest.targets.processes import Process, process
from tests.services.program import Program
from tests.services.waiting import Eventually

_SERVER = """
import socket
server = socket.create_server(("0.0.0.0", 4000))
while True:
    one, _ = server.accept()
    while piece := one.recv(100):
        one.sendall(piece)
"""


@pytest.fixture
def pod(tmp_path: Path, eventually: Eventually) -> Iterator[tuple[Process, str]]:
    """A process that echoes, in a network of its own, and its address."""
    if missing := lacks_nft() or (None if shutil.which("ip") else "the command ip is not installed"):
        pytest.skip(missing)
    number = os.getpid() % 250
    ours, theirs, name = f"198.51.100.{number}", f"203.0.113.{number}", f"lt{os.getpid()}"
    program = Program(
        ["unshare", "--net", sys.executable, "-S", "-c", _SERVER], tmp_path / "pod.log", os.environ
    )
    program.start()
    try:
        host = Path("/proc/self/ns/net").readlink()
        eventually(lambda: Path(f"/proc/{program.pid}/ns/net").readlink() != host)
        inside = ["nsenter", f"--net=/proc/{program.pid}/ns/net"]
        for words in (
            ["ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(program.pid)],
            ["ip", "address", "add", ours, "peer", theirs, "dev", name],
            ["ip", "link", "set", name, "up"],
            [*inside, "ip", "address", "add", theirs, "peer", ours, "dev", "eth0"],
            [*inside, "ip", "link", "set", "eth0", "up"],
        ):
            if subprocess.run(words, capture_output=True, check=False).returncode:
                pytest.skip(f"no network can be made here: {words}")
        found = process(program.pid)
        assert found
        yield found, theirs
    finally:
        program.kill()


def test_a_cut_drops_what_passes_on_connections_that_exist(
    pod: tuple[Process, str], eventually: Eventually
) -> None:
    # Given a connection into the pod
    main, address = pod
    connection = eventually(lambda: socket.create_connection((address, 4000), timeout=5))
    with connection:
        connection.sendall(b"before")
        assert connection.recv(100) == b"before"
        ours = connection.getsockname()[0]
        rules = ["nsenter", f"--net=/proc/{main.pid}/ns/net", "nft", "list", "ruleset"]

        def cut() -> bool:
            return "drop" in subprocess.run(rules, capture_output=True, text=True, check=True).stdout

        # When
        over = _during(main, Cut(addresses=[ours]))
        eventually(cut)
        connection.sendall(b"during")
        connection.settimeout(0.5)

        # Then
        with pytest.raises(TimeoutError):
            connection.recv(100)

        # When
        over.set()
        connection.settimeout(30)

        # Then TCP sends it again
        assert connection.recv(100) == b"during"
        eventually(lambda: not cut())


def _during(main: Process, disruption: Freeze | Skew | Fill | Cut) -> "threading.Event":
    """Have it done for a minute by an agent in a thread, which ends when the event is set."""
    over = threading.Event()
    threading.Thread(target=act, args=[main, disruption, 60.0, over], daemon=True).start()
    return over
