"""The kill report: a row for each fault, as a Markdown table, for build/ and for docs/guarantees.md.

`python -m tests.faults.report` writes it from what the last `pytest -m faults tests/faults` left.
"""

from pathlib import Path
from typing import Final

import msgspec

from tests.faults.history import History
from tests.faults.verdict import Verdict, judge

ROOT: Final = Path(__file__).parents[2]
ROWS: Final = ROOT / "build" / "kill-report"
REPORT: Final = ROOT / "build" / "kill-report.md"
GUARANTEES: Final = ROOT / "docs" / "guarantees.md"
BEGIN: Final = "<!-- kill report: written by `make kill-report` -->"
END: Final = "<!-- /kill report -->"

HEADER: Final = (
    "fault",
    "on",
    "attempted",
    "acknowledged",
    "ok",
    "lost",
    "unexpected",
    "asked again",
    "executed twice",
    "completions a run",
    "recovered after",
    "all done after",
)


class Row(msgspec.Struct, frozen=True):
    """One fault, as it went."""

    order: int
    fault: str
    stage: str
    verdict: Verdict
    note: str = ""


class Report:
    """Takes one test's row."""

    def __init__(self, order: int, name: str, stage: str, rows: Path = ROWS) -> None:
        self._rows = rows
        self._order = order
        self._name = name
        self._stage = stage

    def judge(self, fault: str, history: History, note: str = "") -> Verdict:
        """Judge a history, and keep it and its row whatever the verdict."""
        verdict = judge(history)
        self._rows.mkdir(parents=True, exist_ok=True)
        (self._rows / f"{self._name}.history.json").write_bytes(msgspec.json.encode(history))
        row = Row(self._order, fault, self._stage, verdict, note)
        (self._rows / f"{self._name}.row.json").write_bytes(msgspec.json.encode(row))
        return verdict


def table(rows: list[Row]) -> str:
    """All rows as Markdown, with their notes below."""
    lines = [f"| {' | '.join(HEADER)} |", "|" + "---|" * len(HEADER)]
    notes: list[str] = []
    for row in rows:
        mark = ""
        if row.note:
            if row.note not in notes:
                notes.append(row.note)
            mark = f" [{notes.index(row.note) + 1}]"
        lines.append(f"| {row.fault}{mark} | {row.stage} | {' | '.join(_cells(row.verdict))} |")
    return "\n".join([*lines, "", *(f"[{number}] {note}  " for number, note in enumerate(notes, 1))]).rstrip()


def _cells(verdict: Verdict) -> list[str]:
    counts = sorted(verdict.completions.items())
    completions = "1" if set(verdict.completions) <= {1} else ", ".join(f"{n}: {of}" for n, of in counts)
    recovered = verdict.recovered_after
    return [
        str(verdict.attempted),
        str(verdict.acknowledged),
        str(verdict.ok),
        str(len(verdict.lost)),
        str(len(verdict.unexpected)),
        str(verdict.asked_again),
        str(verdict.duplicated),
        completions,
        "-" if recovered is None else f"{recovered:.1f} s",
        f"{verdict.settled_after:.1f} s",
    ]


def write(rows: Path, document: Path, begin: str, end: str) -> str:
    """Put the table of these rows between two marks of a document; returns it."""
    found = [msgspec.json.decode(path.read_bytes(), type=Row) for path in rows.glob("*.row.json")]
    text = table(sorted(found, key=lambda row: row.order))
    before, begun, rest = document.read_text().partition(begin)
    _, ended, after = rest.partition(end)
    assert begun, f"{document} has no {begin}"
    assert ended, f"{document} has no {end}"
    document.write_text(f"{before}{begin}\n{text}\n{end}{after}")
    return text


def main() -> None:
    """Write build/kill-report.md and put it into docs/guarantees.md."""
    text = write(ROWS, GUARANTEES, BEGIN, END)
    REPORT.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
