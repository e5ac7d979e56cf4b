"""One tidy log of all parts: a colour a part at a terminal, JSON lines elsewhere."""

import json
from datetime import UTC, datetime
from typing import Any, Final, Literal

from rich.console import Console
from rich.text import Text

from longshore_cli.up.valkey_log import read_valkey_line

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
    """Writes lines of parts to stdout."""

    def __init__(self, style: Literal["auto", "json", "console"] = "auto") -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self.for_people = style == "console" or (style == "auto" and self._console.is_terminal)

    def say(self, event: str, *, level: str = "info", **fields: Any) -> None:
        """A line of the supervisor's own."""
        self._write("up", {"event": event, "level": level, **fields})

    def pass_on(self, part: str, line: str) -> None:
        """A line that a part wrote: structured as it is, or as it came."""
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict) or "event" not in record:
            record = read_valkey_line(line) if part == "ledger" else {"event": line, "level": "info"}
        elif not self.for_people:
            self._raw(line)
            return
        self._write(part, record)

    def banner(self, text: Text) -> None:
        """What people are shown when all is ready; programs read the line that goes with it."""
        if self.for_people:
            self._console.print()
            self._console.print(text)
            self._console.print()

    def _write(self, part: str, record: dict[str, Any]) -> None:
        if not self.for_people:
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._raw(json.dumps({"timestamp": now, "part": part, **record}, default=str))
            return
        level = str(record.get("level", "info"))
        if part == "api" and record["event"] == "request":
            record, level = _request(record)
        if level == "debug":
            return
        line = Text.assemble(
            (datetime.now().astimezone().strftime("%H:%M:%S "), "dim"),
            (f"{part:<9} ", _STYLES.get(part, "")),
            (str(record["event"]), _LEVELS.get(level, "")),
        )
        for name, value in record.items():
            if name not in _QUIET:
                line.append(f" {name}=", "dim")
                line.append(value if isinstance(value, str) else json.dumps(value, default=str))
        line.append_text(_exception(record.get("exception")))
        self._console.print(line)

    def _raw(self, line: str) -> None:
        self._console.out(line, highlight=False)


def _request(record: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A request as people like to read it; those that only look, and see, are not for them."""
    method, path, status, took = (record.get(name) for name in ("method", "path", "status", "ms"))
    looks = method in {"GET", "HEAD"} and int(status or 0) < 400
    event = f"{method} {path} {status} {took} ms"
    return {"event": event, **_some(record, "id", "caller")}, "debug" if looks else str(record.get("level"))


def _some(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names if record.get(name) not in (None, "anyone")}


def _exception(record: Any) -> Text:
    """The last line of a traceback and where it was raised: the rest is in the JSON log."""
    if isinstance(record, list) and record:
        last = record[-1]
        frame = (last.get("frames") or [{}])[-1]
        where = f" ({frame['filename']}:{frame['lineno']})" if frame.get("filename") else ""
        return Text(f"\n{' ' * 19}{last.get('exc_type')}: {last.get('exc_value')}{where}", "red")
    return Text(f"\n{record}", "red") if isinstance(record, str) else Text()
