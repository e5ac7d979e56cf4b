"""How templates write numbers, times and JSON; scripts/times.ts and numbers.ts write the same words."""

import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from flask import Flask
from markupsafe import Markup

_TIME: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d+Z"
_COARSE: Final = ((60.0, 1, "s"), (3_600.0, 60, "min"), (86_400.0, 3_600, "h"), (float("inf"), 86_400, "d"))


def install(app: Flask) -> None:
    """Give the filters to the templates of `app`."""
    for word in (ago, since, span, exact, count, rate, duration, pretty, timed):
        app.jinja_env.filters[word.__name__] = word


def ago(at: str) -> str:
    """`just now`, `12 s ago`, `in 3 min`, of a time in RFC 3339."""
    seconds = _seconds_since(at)
    if abs(seconds) < 2:
        return "just now"
    return f"in {_coarse(-seconds)}" if seconds < 0 else f"{_coarse(seconds)} ago"


def since(at: str) -> str:
    """How long it has been since a time in RFC 3339: `3 min 20 s`."""
    return span(max(0.0, _seconds_since(at)))


def span(seconds: float) -> str:
    """`4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return _two(whole, 60, "min", 1, "s")
    if whole < 86_400:
        return _two(whole, 3_600, "h", 60, "min")
    return _two(whole, 86_400, "d", 3_600, "h")


def exact(at: str) -> str:
    """A time in RFC 3339 as `2026-11-21 09:30:00.125 UTC`."""
    return at.replace("T", " ").replace("Z", " UTC")


def count(number: int) -> str:
    """`12,345`."""
    return f"{number:,}"


def rate(number: float) -> str:
    """Things a second, three figures at the most: `0`, `2.5`, `1,240`."""
    if number == 0:
        return "0"
    return f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def duration(seconds: float) -> str:
    """`3 ms`, `1.2 s`, `4 min`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 99.95 else f"{seconds / 60:.0f} min"


def pretty(value: Any) -> str:
    """JSON to be read, of a record's raw JSON, too: on one line where that is short."""
    encoded = msgspec.json.encode(value)
    return msgspec.json.format(encoded, indent=0 if len(encoded) <= 80 else 2).decode()


def timed(text: str) -> Markup:
    """Text whose times in RFC 3339 are shown as `09:30:00 UTC`, and as the reader's own by the script."""

    def mark(found: re.Match[str]) -> Markup:
        at = found[0]
        return Markup('<time datetime="{}" title="{}" data-clock>{} UTC</time>').format(
            at, exact(at), at[11:19]
        )

    parts = re.split(f"({_TIME})", text)
    return Markup("").join(mark(found) if (found := re.fullmatch(_TIME, part)) else part for part in parts)


def _seconds_since(at: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()


def _coarse(seconds: float) -> str:
    return next(f"{int(seconds // unit)} {name}" for below, unit, name in _COARSE if seconds < below)


def _two(whole: int, large: int, name: str, small: int, part: str) -> str:
    rest = whole % large // small
    return f"{whole // large} {name}" + (f" {rest} {part}" if rest else "")
