"""Who listens to one task alone is told when there is nothing more to be waited for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from gevent.event import Event

from longshore.client import Away, Reset, Skipped, TaskEvent
from longshore.client.events import Event as Heard
from longshore.errors import LongshoreError
from longshore.states import State
from longshore_loadtest.settings import Settings
from longshore_loadtest.users import listening
from longshore_loadtest.users.book import Book


def _event(state: State) -> TaskEvent:
    return TaskEvent(id="r-1", state=state, queue="q", task="t", at=datetime.now(UTC))


class _Unreachable(LongshoreError):
    """Nobody is there."""


@pytest.mark.parametrize(
    ("heard", "over"),
    [
        (_event(State.SUCCESS), True),
        (Skipped(3), True),
        (Reset("the ledger was away"), True),
        (_event(State.STARTED), False),
        (Away("the ledger is away"), False),
    ],
)
def test_the_end_was_heard_or_may_have_been_missed(
    heard: Heard, over: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    ended, then = Event(), list[bool]()

    def events(**_filter: str) -> Iterator[Heard]:
        yield heard
        then.append(ended.is_set())

    monkeypatch.setattr(listening, "_client", lambda *_: SimpleNamespace(events=events))

    # When
    listening.listen(Book(Settings(run="r"), tmp_path, "1"), "w", ended, id="r-1")

    # Then
    assert then == [over]


def test_nothing_is_waited_for_when_the_listener_gave_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    def events(**_filter: str) -> Iterator[Heard]:
        raise _Unreachable

    monkeypatch.setattr(listening, "_client", lambda *_: SimpleNamespace(events=events))
    ended = Event()

    # When
    listening.listen(Book(Settings(run="r"), tmp_path, "1"), "w", ended, id="r-1")

    # Then
    assert ended.is_set()
