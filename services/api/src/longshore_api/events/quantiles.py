"""Quantiles out of histograms whose buckets double."""

from collections.abc import Mapping

from longshore.event_types import Quantiles
from longshore_ledger.figures import Buckets


def quantiles(now: Buckets, before: Buckets) -> Quantiles | None:
    """Of what was observed between the two, s; None where nothing was."""
    # A ledger that was restored from a backup may have counted back.
    observed = {bound: max(0, count - before.get(bound, 0)) for bound, count in sorted(now.items())}
    if not any(observed.values()):
        return None
    return Quantiles(*(round(_at(share, observed) / 1000, 4) for share in (0.5, 0.95, 0.99)))


def _at(share: float, observed: Mapping[int, int]) -> float:
    """The time in ms below which that share lies, as if it were spread evenly in its bucket."""
    wanted = share * sum(observed.values())
    for bound, count in observed.items():
        if count and wanted <= count:
            lower = bound / 2 if bound > 1 else 0.0
            return lower + (bound - lower) * wanted / count
        wanted -= count
    return float(max(observed))
