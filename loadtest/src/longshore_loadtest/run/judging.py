"""The verdict, for whoever ran it, and the report."""

from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from longshore_loadtest.history.reader import read
from longshore_loadtest.report import Report, compare, summarise, write, write_comparison
from longshore_loadtest.run.lateness import said
from longshore_loadtest.verify import Verdict, verify

_COUNTS: Final = (
    *("attempted", "acknowledged", "unknown", "refused", "ok", "cancelled", "failed"),
    *("lost", "duplicated", "unexpected", "wrong", "batches", "lines"),
)
_SHOWN: Final = 10
"""Problems of each check that are printed; verdict.json has all."""


def judge(folder: Path, earlier: Report | None = None) -> Verdict:
    """Judge what is in a run's folder; writes verdict.json, report.html, report.md and report.json there.

    `earlier` is of a run to compare with.
    """
    history = read(folder)
    verdict = verify(history)
    (folder / "verdict.json").write_bytes(msgspec.json.format(msgspec.json.encode(verdict)))
    show(verdict)
    print(said(history))
    report = summarise(history, verdict)
    print(f"\n{write(report, folder)}")
    if earlier is not None:
        print(write_comparison(compare(earlier, report), folder))
    return verdict


def show(verdict: Verdict) -> None:
    """Print a verdict."""
    print(f"\nrun {verdict.run}")
    for name in _COUNTS:
        print(f"  {name:<13} {getattr(verdict, name):>9,}")
    for finding in verdict.findings:
        kept = "BROKEN" if finding.problems else "kept"
        print(f"  {kept:<7} {finding.promise} ({finding.looked_at:,} looked at)")
        for problem in islice(finding.problems, _SHOWN):
            print(f"          {problem.id}: {problem.says} ({', '.join(problem.lines)})")
        if len(finding.problems) > _SHOWN:
            print(f"          and {len(finding.problems) - _SHOWN:,} more, in verdict.json")
    for note in verdict.notes:
        print(f"  note: {note}")
    print("every promise was kept" if verdict.holds else "A PROMISE WAS BROKEN")
