"""One tidy log of all parts: a colour a part at a terminal, JSON lines elsewhere."""

import json
import sys
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import IO, Any, Final, Literal, cast

from rich.console import Console
from rich.text import Text

from longshore_cli.up.outlet import Outlet
from longshore_cli.up.valkey_log import read_valkey_line
from longshore_cli.visible import visible

_STYLES: Final = {
    "up": "bold",
    "ledger": "magenta",
    "api": "green",
    "scheduler": "yellow",
    "worker": "cyan",
    "flower": "blue",
}
_LEVELS: Final = {"warning": "yellow", "error": "red", "critical": "bold red"}
_QUIET: Final = frozenset({"event", "level", "timestamp", "part", "logger", "exception", "stack_info"})
"""Fields with a place of their own, or none, in a line for people."""


class Log:
    """Writes lines of parts to stdout. It never raises, whatever a part writes or happens to stdout."""

    def __init__(
        self, style: Literal["auto", "json", "console"] = "auto", *, everything: bool = False
    ) -> None:
        """`everything`: people are shown what is at level debug, too."""
        self._outlet = Outlet(sys.stdout)
        self._console = Console(file=cast("IO[str]", self._outlet), highlight=False, soft_wrap=True)
        self.for_people = style == "console" or (style == "auto" and self._console.is_terminal)
        self._hidden = frozenset[str]() if everything else frozenset({"debug"})

    def say(self, event: str, *, level: str = "info", **fields: Any) -> None:
        """A line of the supervisor's own."""
        self._write("up", {"event": event, "level": level, **fields})

    def pass_on(self, part: str, line: str) -> None:
        """A line that a part wrote: structured as it is, or as it came."""
        try:
            self._write(part, _read(part, line))
        except RecursionError:  # lists in lists in lists
            self._write(part, {"event": line, "level": "info"})

    def banner(self, text: Text) -> None:
        """What people are shown when all is ready; programs read the line that goes with it."""
        if self.for_people:
            self._console.print()
            self._console.print(text)
            self._console.print()

    def is_hung_up(self) -> bool:
        """Whether the terminal was closed that it was written to."""
        return self._outlet.is_hung_up()

    def finish(self, within: float = 1.0) -> None:
        """Write what waits, for up to `within` s: a terminal may take nothing more."""
        self._outlet.finish(within)

    def _write(self, part: str, record: dict[str, Any]) -> None:
        if lost := self._outlet.take_lost():
            self.say(
                "lines were left out: they came faster than they could be written",
                level="warning",
                lines=lost,
            )
        if not self.for_people:
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            # The part is the one that wrote it, whatever a task prints.
            line = json.dumps({"timestamp": now, **record, "part": part}, default=str)
            self._outlet.write(line + "\n")
        elif (shown := _for_people(part, record, self._hidden)) is not None:
            self._console.print(shown)


def _read(part: str, line: str) -> dict[str, Any]:
    try:
        # JSON has no NaN, and what programs read from us is JSON.
        record = json.loads(line, parse_constant=str)
    except (ValueError, RecursionError):
        record = None
    if isinstance(record, dict) and "event" in record:
        return record
    return read_valkey_line(line) if part == "ledger" else {"event": line, "level": "info"}


def _for_people(part: str, record: dict[str, Any], hidden: AbstractSet[str]) -> Text | None:
    level = str(record.get("level", "info"))
    if part == "api" and record["event"] == "request":
        record, level = _request(record)
    if level in hidden:
        return None
    line = Text.assemble(
        (datetime.now().astimezone().strftime("%H:%M:%S "), "dim"),
        (f"{part:<9} ", _STYLES.get(part, "")),
        (_shown(record["event"]), _LEVELS.get(level, "")),
    )
    for name, value in record.items():
        if name not in _QUIET:
            line.append(f" {visible(name)}=", "dim").append(_shown(value))
    for text in _exception(record.get("exception")):
        line.append(f"\n{' ' * 19}{visible(text)}", "red")
    return line


def _shown(value: Any) -> str:
    return visible(value) if isinstance(value, str) else json.dumps(value, default=str)


def _request(record: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A request as people like to read it; those that only look, and see, are not for them."""
    method, path, status, took = (record.get(name) for name in ("method", "path", "status", "ms"))
    looks = method in ("GET", "HEAD") and isinstance(status, int) and status < 400
    event = f"{method} {path} {status} {took} ms"
    return {"event": event, **_some(record, "id", "caller")}, "debug" if looks else str(record.get("level"))


def _some(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names if record.get(name) not in (None, "anyone")}


def _exception(record: Any) -> list[str]:
    """The last line of a traceback and where it was raised: the rest is in the JSON log."""
    if not record:
        return []
    try:
        last = record[-1]
        frame = (last.get("frames") or [{}])[-1]
        where = f" ({frame['filename']}:{frame['lineno']})" if frame.get("filename") else ""
        return [f"{last.get('exc_type')}: {last.get('exc_value')}{where}"]
    except (AttributeError, LookupError, TypeError):  # not as structlog has it: a task may print anything
        return record.splitlines() if isinstance(record, str) else [_shown(record)]
