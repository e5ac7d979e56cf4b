"""How results are shown: tables for people, tab-separated lines for pipes, JSON for programs."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_STATE_STYLES = {
    "SUCCESS": "green",
    "DONE": "green",
    "FAILURE": "red",
    "REVOKED": "magenta",
    "STARTED": "cyan",
    "RUNNING": "cyan",
    "RETRY": "yellow",
}


def print_json(value: Any) -> None:
    """One JSON document on stdout; indented where a person reads it."""
    text = msgspec.json.encode(value)
    if sys.stdout.isatty():
        text = msgspec.json.format(text, indent=2)
    typer.echo(text.decode())


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table at a terminal, tab-separated lines under a line of names elsewhere.

    `empty` is what a person is told when there are no rows.
    """
    if not sys.stdout.isatty():
        typer.echo("\t".join(columns))
        for row in rows:
            typer.echo("\t".join(_plain(cell) for cell in row))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        # The first is the id or the name: whole, or it could not be copied.
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(_styled(_plain(cell)) for cell in row))
    Console().print(table if table.row_count else empty)


def print_row(cells: Sequence[Any]) -> None:
    """A line of a table that is never at its end: spaced at a terminal, tab-separated elsewhere."""
    plain = [_plain(cell) for cell in cells]
    if sys.stdout.isatty():
        Console(highlight=False, soft_wrap=True).print("  ".join(map(_styled, plain)))
    else:
        typer.echo("\t".join(plain))


def print_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Names and values, one a line; what is None or empty is left out."""
    shown = [(name, _plain(value)) for name, value in fields if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in shown), default=0)
    console = Console(highlight=False, soft_wrap=True)
    for name, value in shown:
        console.print(f"[bold]{name:<{width}}[/]  {_styled(value)}")


def print_note(text: str) -> None:
    """A line for people, on stderr so that it never gets among the results."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(escape(text))


def print_error(title: str, detail: str, *, json: bool = False) -> None:
    """An error, on stderr."""
    if json:
        typer.echo(msgspec.json.encode({"error": {"title": title, "detail": detail}}).decode(), err=True)
        return
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]{escape(title)}[/]")
    if detail != title:
        console.print(f"  {escape(detail)}")


def ago(moment: datetime | None) -> str:
    """How long ago, in the largest unit that says something."""
    if moment is None:
        return ""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(seconds, 0.0):.0f} s ago"


def state_style(state: str) -> str:
    """How a state is set off from the others."""
    return _STATE_STYLES.get(state, "")


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, str):
        return str(cell)
    return msgspec.json.encode(cell).decode()


def _styled(text: str) -> str:
    style = _STATE_STYLES.get(text)
    return f"[{style}]{text}[/]" if style else escape(text)
