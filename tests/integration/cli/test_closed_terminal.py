"""`longshore up` at a terminal that is closed."""

import os
import signal
from pathlib import Path
from typing import Literal

import pytest

from longshore import Client
from longshore_cli.up.holding import find_running
from tests.services.descendants import children_of
from tests.services.ports import free_port
from tests.services.waiting import Eventually
from tests.unit.cli.gone import gone

from .terminal import in_a_terminal


@pytest.mark.parametrize("by", ["make", "nohup"])
def test_a_terminal_that_is_closed_ends_everything_unless_nohup_was_said(
    tmp_path: Path, eventually: Eventually, by: Literal["make", "nohup"]
) -> None:
    # Given a system in a terminal of its own
    data = tmp_path / "data"
    with in_a_terminal("up", "--port", "0", "--data", str(data), by=by) as (process, terminal):
        shown = b""
        while b"Ctrl-C stops it" not in shown:
            shown += os.read(terminal, 1 << 16)
        children = children_of(process.pid)
        assert len(children) > 4

        # When it is closed
        os.close(terminal)

        # Then all stops, or works on, can say nothing any more, and hears SIGTERM
        if by == "nohup":
            running = find_running(data)
            assert running
            with Client(running.url, "") as client:
                assert client.submit("add", 2, 3).result(timeout=30) == 5
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        eventually(lambda: all(map(gone, children)))


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("api", b"serving"),
        ("scheduler", b"waiting for the ledger"),
        ("worker", b"waiting for the ledger"),
    ],
)
def test_a_part_alone_ends_with_its_terminal(tmp_path: Path, part: str, says: bytes) -> None:
    # Given a part in a terminal of its own, which waits for its ledger
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    given = {"LONGSHORE_LEDGER": nowhere, "LONGSHORE_PORT": str(free_port()), "LONGSHORE_DATA": str(tmp_path)}
    with in_a_terminal(part, environment=given) as (process, terminal):
        shown = b""
        while says not in shown:
            shown += os.read(terminal, 1 << 16)

        # When
        os.close(terminal)

        # Then
        assert process.wait(timeout=30) == 0
