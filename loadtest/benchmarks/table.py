"""What a benchmark found: figures with targets, as a table and as JSON."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from loadtest.benchmarks.interleave import Rounds, Spread


@dataclass(frozen=True)
class Figure:
    """One figure. `least` or `most` is the target, if it has one."""

    what: str
    unit: str
    found: Spread
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the median meets the target; None without one."""
        if self.least is not None:
            return self.found.median >= self.least
        return self.found.median <= self.most if self.most is not None else None

    @property
    def target(self) -> str:
        """The target, readable."""
        if self.least is not None:
            return f"≥ {self.least:g} {self.unit}"
        return f"≤ {self.most:g} {self.unit}" if self.most is not None else ""


@dataclass
class Report:
    """What one benchmark found."""

    name: str
    title: str
    figures: list[Figure]
    environment: dict[str, Any]
    rounds: Rounds | None = None
    notes: list[str] = field(default_factory=list)
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def write(self, directory: Path) -> Path:
        """Write all of it as JSON, the values of every round included."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.name}.json"
        figures = [
            asdict(figure) | {"median": figure.found.median, "reached": figure.reached}
            for figure in self.figures
        ]
        record = asdict(self) | {"figures": figures, "rounds": self.rounds.sides if self.rounds else None}
        path.write_text(json.dumps(record, indent=2) + "\n")
        return path


def show(report: Report) -> None:
    """Print all figures of a report, its notes, and where they were measured."""
    console = _console()
    console.print(_table(report.title, [report.figures]))
    notes = [*report.notes, ", ".join(f"{name} {value}" for name, value in report.environment.items())]
    for note in notes:
        console.print(note, style="dim", highlight=False, markup=False)


def sum_up(reports: Sequence[Report]) -> None:
    """Print the figures that have a target."""
    judged = [[figure for figure in report.figures if figure.reached is not None] for report in reports]
    reached = [figure.reached for figures in judged for figure in figures]
    _console().print(_table(f"{sum(map(bool, reached))} of {len(reached)} targets reached", judged))


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 120)


def _table(title: str, groups: Sequence[Sequence[Figure]]) -> Table:
    table = Table("figure", "median", "from - to", "N", "target", "reached", title=title)
    for column in table.columns[1:4]:
        column.justify = "right"
    for figures in groups:
        for figure in figures:
            found = figure.found
            table.add_row(
                figure.what,
                f"{_number(found.median)} {figure.unit}",
                f"{_number(found.low)} - {_number(found.high)}",
                str(len(found.values)),
                figure.target,
                {True: "[green]yes", False: "[red]no", None: ""}[figure.reached],
            )
        table.add_section()
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
