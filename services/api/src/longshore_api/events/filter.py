"""Which events a client wants, found without asking each client about each event."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from longshore_ledger.shapes import Event

_VALUES: Final[dict[str, Callable[[Event], str]]] = {
    "id": lambda event: event.task_id,
    "batch": lambda event: _batch_of(event.task_id),
    "queue": lambda event: event.queue,
    "task": lambda event: event.task,
    "state": lambda event: event.state,
}
"""What can be asked for, the narrowest first."""


@dataclass(frozen=True, slots=True)
class Filter:
    """All that is given must match."""

    id: str | None = None
    batch: str | None = None
    queue: str | None = None
    task: str | None = None
    state: str | None = None

    def __bool__(self) -> bool:
        return any(self._given())

    def matches(self, event: Event) -> bool:
        """Whether it lets `event` through."""
        return all(_VALUES[name](event) == value for name, value in self._given().items())

    def narrowest(self) -> tuple[str, str]:
        """The first condition, by name and value."""
        return next(iter(self._given().items()))

    def _given(self) -> dict[str, str]:
        return {name: value for name in _VALUES if (value := getattr(self, name)) is not None}


class News:
    """Events that came together, as many filters look through them.

    Each event is looked at once for each kind of condition, and by those alone who ask for its value: five
    hundred clients who each follow one task cost little more than one.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._by: dict[str, dict[str, list[Event]]] = {}

    def wanted(self, filter: Filter) -> list[Event]:
        """Those that `filter` lets through, in order."""
        name, value = filter.narrowest()
        if name not in self._by:
            self._by[name] = self._sorted(_VALUES[name])
        return [event for event in self._by[name].get(value, ()) if filter.matches(event)]

    def _sorted(self, value_of: Callable[[Event], str]) -> dict[str, list[Event]]:
        found = defaultdict[str, list[Event]](list)
        for event in self._events:
            found[value_of(event)].append(event)
        return found


def _batch_of(task_id: str) -> str:
    """A chunk is `<batch>.<number>`."""
    batch, _, number = task_id.rpartition(".")
    return batch if number.isdecimal() and number.isascii() else ""
