"""Where the steps of a staircase began."""

from collections.abc import Mapping
from typing import Any

from longshore_loadtest.report.moments import Moments
from longshore_loadtest.shapes.staircase import STEPS


def edges(settings: Mapping[str, Any], found: Moments) -> list[float]:
    """Seconds on the run's clock, of each step and of the last one's end; none for another shape of load."""
    if settings.get("shape") != "staircase" or not found.offered:
        return []
    begun = min(at for at, _ in found.offered)
    lasted = float(settings.get("seconds") or max(at for at, _ in found.offered) - begun)
    return [begun + lasted * step / STEPS for step in range(STEPS + 1)]
