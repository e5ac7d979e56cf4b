"""All that is written to the terminal: tables for people, tab-separated lines for pipes, JSON for programs.

What is shown was written by others, so that it goes through `visible`: control characters are escaped, and a
row stays a row. Excepted are JSON, which escapes by itself, and the bytes of a batch's output.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from longshore_cli.visible import encodable, visible, visible_json, visible_lines

_LEGIBLE: Final = 24
"""Columns of the terminal below which a cell is not folded."""
_STATE_STYLES = {
    "SUCCESS": "green",
    "DONE": "green",
    "FAILURE": "red",
    "REVOKED": "magenta",
    "STARTED": "cyan",
    "RUNNING": "cyan",
    "RETRY": "yellow",
}


def terminal(*, stderr: bool = False) -> Console:
    """A console that shows lines as they are, however wide it is."""
    return Console(stderr=stderr, highlight=False, emoji=False, soft_wrap=True)  # `:o:` is no circle


def at_terminal() -> bool:
    """Whether people look at stdout. It is None where it was closed."""
    return sys.stdout is not None and sys.stdout.isatty()


def print_json(value: Any) -> None:
    """One JSON document on stdout; indented where a person reads it."""
    text = msgspec.json.encode(value)
    if at_terminal():
        text = msgspec.json.format(text, indent=2)
    typer.echo(_safe(text.decode()))


def print_json_line(value: Any) -> None:
    """One JSON document of many."""
    typer.echo(_safe(msgspec.json.encode(value).decode()))


def print_line(text: str) -> None:
    """A line on stdout."""
    typer.echo(visible(text))


def print_text(text: str) -> None:
    """A text of any number of lines on stdout: a task's result."""
    typer.echo(visible_lines(text))


def print_bytes(pieces: Iterable[bytes]) -> None:
    """Bytes on stdout, as they are."""
    for piece in pieces:
        if sys.stdout is not None:
            sys.stdout.buffer.write(piece)
    if sys.stdout is not None:
        sys.stdout.buffer.flush()


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table at a terminal, tab-separated lines under a line of names elsewhere.

    `empty` is what a person is told when there are no rows.
    """
    if not at_terminal():
        typer.echo("\t".join(columns))
        for row in rows:
            typer.echo("\t".join(visible(_plain(cell)) for cell in row))
        return
    shown = [[visible(_plain(cell)) for cell in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        width = max([cell_len(column), *(cell_len(row[number]) for row in shown)])
        # The first is the id or the name: whole, or it could not be copied, however narrow the terminal is.
        # Of the others no more is folded than would make a column of syllables.
        table.add_column(column, overflow="fold", min_width=width if number == 0 else min(width, _LEGIBLE))
    for row in shown:
        table.add_row(*map(_styled, row))
    terminal().print(table if shown else escape(empty), crop=False)


def print_heading(columns: Sequence[str]) -> None:
    """The line of names above tab-separated lines; nothing at a terminal."""
    if not at_terminal():
        typer.echo("\t".join(columns))


def print_row(cells: Sequence[Any]) -> None:
    """A line of a table that is never at its end: spaced at a terminal, tab-separated elsewhere."""
    plain = [visible(_plain(cell)) for cell in cells]
    if at_terminal():
        terminal().print("  ".join(map(_styled, plain)))
    else:
        typer.echo("\t".join(plain))


def print_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Names and values, one a line; what is None or empty is left out.

    A value of several lines, a traceback, has them at a terminal, one below the other.
    """
    shown = [(name, _plain(value)) for name, value in fields if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in shown), default=0)
    console = terminal()
    for name, value in shown:
        lines = value.rstrip("\n").split("\n") if console.is_terminal else [value]
        text = f"\n{'':<{width}}  ".join(_styled(visible(line)) for line in lines)
        console.print(f"[bold]{name:<{width}}[/]  {text}")


def print_note(text: str) -> None:
    """A line for people, on stderr so that it never gets among the results."""
    terminal(stderr=True).print(escape(visible(text)))


def print_error(title: str, detail: str, *, json: bool = False) -> None:
    """An error, on stderr."""
    if json:
        document = msgspec.json.encode({"error": {"title": encodable(title), "detail": encodable(detail)}})
        typer.echo(_safe(document.decode(), sys.stderr), err=True)
        return
    console = terminal(stderr=True)
    console.print(f"[bold red]{escape(visible(title))}[/]")
    if detail != title:
        console.print(f"  {escape(visible_lines(detail))}")


def ago(moment: datetime | None) -> str:
    """How long ago, in the largest unit that says something."""
    if moment is None:
        return ""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    return f"{_coarse(seconds) or f'{max(seconds, 0.0):.0f} s'} ago"


def span(seconds: float) -> str:
    """How long: `3 ms`, `1.2 s`, `4 min`, in the largest unit that says something."""
    return _coarse(seconds) or (f"{seconds:.1f} s" if seconds >= 0.9995 else f"{seconds * 1000:.0f} ms")


def state_style(state: str) -> str:
    """How a state is set off from the others."""
    return _STATE_STYLES.get(state, "")


def _coarse(seconds: float) -> str:
    """Nothing below two minutes."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return ""


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, str):
        return str(cell)
    return msgspec.json.encode(cell).decode()


def _safe(document: str, stream: Any = None) -> str:
    """The document with all that a terminal would obey, or the stream cannot encode, escaped as JSON does."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    return visible_json(document, ascii_only=encoding.lower().replace("-", "") != "utf8")


def _styled(text: str) -> str:
    style = _STATE_STYLES.get(text)
    return f"[{style}]{text}[/]" if style else escape(text)
