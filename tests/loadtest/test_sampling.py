"""Samples come each second, whatever the looks at the copies take."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from longshore.client import Snapshot
from longshore.event_types import Rates, WorkersNow
from longshore_loadtest.history.reader import read
from longshore_loadtest.history.record import Sample
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.run import sampling
from longshore_loadtest.run.sampling import Looked, Sampler
from tests.services.waiting import Eventually


class _Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """A snapshot."""
        body = msgspec.json.encode(
            Snapshot(
                at=datetime.now(UTC),
                states={},
                rates=Rates(0.0, 0.0, 0.0),
                wait=None,
                run=None,
                queues=[],
                workers=WorkersNow(alive=0, gone=0, running=0, capacity=0),
                broker_away=None,
                parked=0,
                interval=None,
            )
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    """An API that has snapshots."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Api) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def sampled(url: str, folder: Path) -> Iterator[Callable[[], list[Sample]]]:
    """What is sampled where the second look at the copies does not end."""
    looks, go_on = list[Looked](), threading.Event()

    def look() -> Looked:
        if looks:
            go_on.wait()
        looks.append(Looked({"api": 1}, {}, {}))
        return looks[-1]

    with Writer(folder / "history.ndjson", run="r", part="main") as writer, Sampler(url, None, writer, look):
        yield lambda: [one.line for one in read(folder).entries if isinstance(one.line, Sample)]
        go_on.set()


def test_samples_go_on_while_a_look_hangs(
    url: str, tmp_path: Path, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(sampling, "_LOOK_EVERY", 0.0)

    # When
    with sampled(url, tmp_path) as samples:
        eventually(lambda: len(samples()) >= 2)

        # Then
        assert {one.replicas.get("api") for one in samples()} == {1}


def test_what_was_looked_at_long_ago_is_not_told(
    url: str, tmp_path: Path, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(sampling, "_FRESH", 0.0)

    # When
    with sampled(url, tmp_path) as samples:
        eventually(samples)

        # Then
        assert not any(one.replicas for one in samples())
