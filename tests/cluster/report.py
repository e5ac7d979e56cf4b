"""The table of faults in docs/operations.md: `python -m tests.cluster.report`, after the cluster tests."""

from pathlib import Path
from typing import Final

from tests.faults import report

ROOT: Final = Path(__file__).parents[2]
ROWS: Final = ROOT / "build" / "cluster-report"
OPERATIONS: Final = ROOT / "docs" / "operations.md"

if __name__ == "__main__":
    print(
        report.write(
            ROWS,
            OPERATIONS,
            "<!-- cluster report: written by `make cluster-report` -->",
            "<!-- /cluster report -->",
        )
    )
