"""Who shows events as they come: as a screen, as lines, or as JSON."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from rich.live import Live
from rich.text import Text

from longshore.client import Away, Event, Reset, Skipped, Snapshot, TaskEvent
from longshore_cli.display import print_heading, print_json_line, print_note, print_row, terminal
from longshore_cli.overview import COLUMNS, row, screen
from longshore_cli.visible import visible

_NAMES: Final[dict[type[Any], str]] = {
    TaskEvent: "task",
    Skipped: "skipped",
    Reset: "reset",
    Away: "away",
    Snapshot: "snapshot",
}


def show_json(event: Event) -> None:
    """A line of JSON, with the event's name in `event`."""
    named = {"event": _NAMES[type(event)]} | msgspec.structs.asdict(event)
    print_json_line(named)


class Lines:
    """A line an event, and what the stream has to say of itself on stderr."""

    def __init__(self) -> None:
        self._headed = False

    def show(self, event: Event) -> None:
        """Print it."""
        match event:
            case TaskEvent():
                self._print(
                    ("at", "id", "state", "task", "queue"),
                    (event.at, event.id, event.state.value, event.task, event.queue),
                )
            case Snapshot():
                self._print(COLUMNS, row(event))
            case _:
                print_note(said(event))

    def _print(self, columns: Sequence[str], cells: Sequence[Any]) -> None:
        if not self._headed:
            print_heading(columns)
        self._headed = True
        print_row(cells)


class Screen:
    """The whole terminal, drawn anew with each snapshot."""

    def __init__(self) -> None:
        self._live = Live(console=terminal(), screen=True, auto_refresh=False)
        self._note = "Waiting for the API."
        self._snapshot: Snapshot | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, event: Event) -> None:
        """Draw it."""
        if isinstance(event, Snapshot):
            self._snapshot, self._note = event, ""
        else:
            self._note = said(event)
        shown = screen(self._snapshot, self._note) if self._snapshot else Text(visible(self._note))
        self._live.update(shown, refresh=True)


def said(event: Event) -> str:
    """What the stream says of itself, in words."""
    match event:
        case Skipped(count):
            return f"{count} events were left out: more happens than can be shown."
        case Away(reason):
            return f"{reason}. Waiting for it."
        case Reset(reason):
            return f"Something may have been missed: {reason}."
    return ""
