"""What the files of the chart must hold."""

import json
from pathlib import Path
from typing import Final

from charts.dashboards.ledger_and_broker import LEDGER_AND_BROKER
from charts.dashboards.overview import OVERVIEW
from charts.dashboards.queues import QUEUES
from charts.dashboards.workers import WORKERS

WRITTEN: Final = Path(__file__).parents[1] / "longshore" / "dashboards"


def written() -> dict[str, str]:
    """File name to JSON, of every dashboard."""
    return {
        f"{dashboard.name}.json": json.dumps(dashboard.json(), indent=1, ensure_ascii=False) + "\n"
        for dashboard in (OVERVIEW, QUEUES, WORKERS, LEDGER_AND_BROKER)
    }
