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


def show(reports: Sequence[Report], *, title: str) -> None:
    """Print the figures of reports as one table, their notes, and where they were measured."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table("figure", "median", "from - to", "N", "target", "reached", title=title)
    for column in table.columns[1:4]:
        column.justify = "right"
    for report in reports:
        for figure in report.figures:
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
    console.print(table)
    for report in reports:
        for note in report.notes:
            console.print(f"{report.name}: {note}", style="dim", highlight=False, markup=False)
        console.print(
            f"{report.name}: " + ", ".join(f"{k} {v}" for k, v in report.environment.items()),
            style="dim",
            highlight=False,
            markup=False,
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
