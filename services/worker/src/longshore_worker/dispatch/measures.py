"""What a worker counts of itself, for Prometheus. Plain numbers: the hot path has no time for labels."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from longshore_ledger.records import Outcome

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class _Histogram:
    def __init__(self, name: str, about: str, bounds: tuple[float, ...]) -> None:
        self._name = name
        self._about = about
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self) -> Metric:
        total, buckets = 0, []
        for bound, number in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            total += number
            buckets.append((bound, float(total)))
        return HistogramMetricFamily(self._name, self._about, buckets=buckets, sum_value=self._sum)


class Measures(Collector):
    """Counts from this process' start."""

    def __init__(self) -> None:
        self._started = self._released = self._crashes = self._stalls = self._lines = self._bad_lines = 0
        self._ended: Counter[Outcome] = Counter()
        self._flushes = _Histogram("longshore_worker_flush_seconds", "Time of a group commit.", _SECONDS)
        self.held = 0

    def started(self) -> None:
        """A task was started."""
        self._started += 1

    def ended(self, outcome: Outcome) -> None:
        """A task ended."""
        self._ended[outcome] += 1

    def lines(self, number: int, failed: int) -> None:
        """Lines of a file were processed."""
        self._lines += number
        self._bad_lines += failed

    def released(self) -> None:
        """A started task was given back."""
        self._released += 1

    def died(self) -> None:
        """A child died while it ran a task."""
        self._crashes += 1

    def stalled(self) -> None:
        """A child took no jobs."""
        self._stalls += 1

    def flushed(self, seconds: float) -> None:
        """A group commit was made."""
        self._flushes.observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """For prometheus_client, in the thread of its server."""
        counters = {
            "started": ("Tasks started.", self._started),
            "released": ("Started tasks given back.", self._released),
            "crashes": ("Processes that died while they ran a task.", self._crashes),
            "stalls": ("Processes that took no jobs and were replaced.", self._stalls),
            "lines": ("Lines of files processed.", self._lines),
            "bad_lines": ("Of them, failed ones.", self._bad_lines),
        }
        for name, (about, value) in counters.items():
            yield CounterMetricFamily(f"longshore_worker_{name}", about, value=value)
        ended = CounterMetricFamily("longshore_worker_ended", "Tasks that ended.", labels=["outcome"])
        for outcome in Outcome:
            ended.add_metric([outcome.value], self._ended[outcome])
        yield ended
        yield GaugeMetricFamily("longshore_worker_held", "Tasks in this worker's hands.", value=self.held)
        yield self._flushes.family()
