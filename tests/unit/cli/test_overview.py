"""What a snapshot looks like."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

from msgspec import structs
from rich.console import Console

from longshore.client import Snapshot
from longshore.event_types import Quantiles, QueueNow, Rates, WorkersNow
from longshore_cli.overview import COLUMNS, row, screen


def _queue(name: str, **figures: Any) -> QueueNow[datetime]:
    nothing = {"paused": False, "waiting": 0, "started": 0, "failed": 0, "rate": 0.0, "workers": 0}
    return QueueNow(**{"name": name, "oldest_at": None, "outstanding": 0} | nothing | figures)


SNAPSHOT = Snapshot(
    at=datetime(2026, 11, 21, 8, tzinfo=UTC),
    states={
        "PENDING": 1200,
        "QUEUED": 30,
        "STARTED": 4,
        "RETRY": 1,
        "SUCCESS": 5,
        "FAILURE": 2,
        "REVOKED": 0,
    },
    rates=Rates(12.34, 10.0, 0.25),
    wait=Quantiles(0.012, 1.5, 30.0),
    run=None,
    queues=[
        _queue("idle", workers=1),
        _queue("busy", paused=True, waiting=1231, started=4, failed=2, rate=10.25, workers=2),
    ],
    workers=WorkersNow(alive=3, gone=1, running=4, capacity=12),
    broker_away="it is being upgraded",
    parked=2,
    interval=None,
)


def _shown(snapshot: Snapshot, note: str = "") -> str:
    console = Console(width=120, record=True, file=StringIO())
    console.print(screen(snapshot, note))
    return console.export_text()


def test_a_screen_shows_the_whole() -> None:
    # When
    lines = [" ".join(line.split()) for line in _shown(SNAPSHOT).splitlines()]

    # Then: the busy queue first, and what is wrong at the end
    assert "12.3/s in, 10.0/s done, 0.2/s failed 3 workers, 1 gone, 4 of 12 busy" in lines[0]
    assert lines[1] == "PENDING 1,200 QUEUED 30 STARTED 4 RETRY 1 SUCCESS 5 FAILURE 2"
    assert lines[2] == "wait 12 ms (95 %: 1.5 s, 99 %: 30.0 s) run -"
    assert lines[5:] == [
        "busy (paused) 1,231 4 2 10.2 2",
        "idle 0.0 1",
        "The broker is unavailable: it is being upgraded",
        "2 copies came that the ledger does not know: longshore doctor",
    ]


def test_a_note_is_shown_beside_it() -> None:
    assert "Waiting for it." in _shown(SNAPSHOT, "Waiting for it.")


def test_a_system_without_anything_can_be_shown() -> None:
    # When / Then
    nothing = structs.replace(
        SNAPSHOT, states={}, rates=Rates(0.0, 0.0, 0.0), wait=None, queues=[], workers=WorkersNow(0, 0, 0, 0)
    )
    assert "0 workers, 0 of 0 busy" in _shown(nothing)


def test_a_line_holds_the_figures_that_say_most() -> None:
    # When
    figures = dict(zip(COLUMNS, row(SNAPSHOT), strict=True))

    # Then
    del figures["at"]
    assert figures == {
        "waiting": 1231,
        "started": 4,
        "failed": 2,
        "submitted/s": 12.3,
        "ended/s": 10.2,
        "workers": 3,
        "busy": "4 of 12",
    }
