"""The ledger's own figures as Prometheus metrics, read at each scrape.

Every replica of the scheduler exports the same truth: rules and panels use `max by`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from longshore.errors import LedgerUnavailable
from longshore.states import TO_BE_STARTED
from longshore_ledger import Ledger
from longshore_ledger.shapes import WorkerView
from longshore_ledger.times import now_us

_BOUNDS_MS = [2**n for n in range(23)]
"""All of them, seen or not: a bucket that appears later would look like a jump to `rate()`."""
UP = ("longshore_ledger_up", "Whether the ledger answered this scrape.")
_HISTOGRAMS = {
    "wait": "From the time a task could first start to its first start.",
    "run": "Run time of finished attempts.",
}


class LedgerCollector(Collector):
    """Reads counters, histograms, counts, queues, workers and the server's memory."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def collect(self) -> Iterator[Metric]:
        """All families; only `longshore_ledger_up 0` while the ledger is away."""
        up = GaugeMetricFamily(*UP)
        try:
            workers = self._ledger.views.workers()
            families = [
                *self._totals(),
                *self._histograms(),
                *self._queues(workers),
                *_workers(workers),
                *self._memory(),
            ]
        except LedgerUnavailable:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from families

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: registering must not ask the ledger."""
        return iter(())

    def _totals(self) -> Iterator[Metric]:
        totals: dict[str, CounterMetricFamily] = {}
        for (name, queue, task), count in self._ledger.metrics.counters().items():
            if name not in totals:
                totals[name] = CounterMetricFamily(
                    f"longshore_{name.replace(' ', '_')}",
                    f"Tasks {name}, as the ledger counted them.",
                    labels=["queue", "task"],
                )
            totals[name].add_metric([queue, task], count)
        parked = GaugeMetricFamily("longshore_parked", "Copies that the ledger does not know.")
        parked.add_metric([], self._ledger.metrics.parked())
        return iter([*totals.values(), parked])

    def _histograms(self) -> Iterator[Metric]:
        families = {
            name: HistogramMetricFamily(f"longshore_{name}_seconds", meaning, labels=["queue"])
            for name, meaning in _HISTOGRAMS.items()
        }
        for (name, queue), observed in self._ledger.metrics.histograms().items():
            below = list(accumulate(observed.get(bound, 0) for bound in _BOUNDS_MS))
            buckets = [(str(bound / 1000), count) for bound, count in zip(_BOUNDS_MS, below, strict=True)]
            # The ledger keeps no sums. Buckets double: what is seen is at 3/4 of its bound, give or take 1/4.
            total = sum(count * bound * 0.75 / 1000 for bound, count in observed.items())
            families[name].add_metric([queue], [*buckets, ("+Inf", below[-1])], sum_value=total)
        return iter(families.values())

    def _queues(self, workers: Sequence[WorkerView]) -> Iterator[Metric]:
        tasks = GaugeMetricFamily("longshore_tasks", "Tasks by state.", labels=["queue", "state"])
        gauges = {
            name: GaugeMetricFamily(f"longshore_queue_{name}", meaning, labels=["queue"])
            for name, meaning in {
                "backlog": "Tasks that wait to be started: PENDING, RETRY and QUEUED.",
                "backlog_age_seconds": "Age of the task at the front of what is not published yet.",
                "outstanding": "Copies published that no worker has taken up.",
                "paused": "1 while the queue is paused.",
                "workers": "Live workers that serve the queue.",
                "broker_ready": "Messages ready in the broker.",
                "broker_consumers": "Consumers the broker sees.",
            }.items()
        }
        now = now_us(self._ledger.connection) / 1e6
        for view in self._ledger.views.queues(workers=workers):
            for state, count in view.counts.items():
                tasks.add_metric([view.name, state], count)
            values: dict[str, float] = defaultdict(float, view.broker or {})
            figures = {
                "backlog": sum(view.counts[state] for state in TO_BE_STARTED),
                "backlog_age_seconds": _age(view.oldest_at, now),
                "outstanding": view.outstanding,
                "paused": int(view.paused),
                "workers": view.workers,
                "broker_ready": values["ready"],
                "broker_consumers": values["consumers"],
            }
            for name, value in figures.items():
                gauges[name].add_metric([view.name], value)
        demand = GaugeMetricFamily(
            "longshore_queue_demand",
            "Tasks that are due and wait, unless the queue is paused, and tasks that run.",
            labels=["queue"],
        )
        for queue, wanted in self._ledger.demand.by_queue().items():
            demand.add_metric([queue], wanted)
        return iter([tasks, demand, *gauges.values()])

    def _memory(self) -> Iterator[Metric]:
        used, limit = self._ledger.connection.memory.usage()
        yield GaugeMetricFamily("longshore_ledger_memory_bytes", "Memory that the ledger uses.", value=used)
        yield GaugeMetricFamily(
            "longshore_ledger_memory_limit_bytes", "The ledger's maxmemory; 0 is none.", value=limit
        )


def _workers(views: Sequence[WorkerView]) -> Iterator[Metric]:
    workers = GaugeMetricFamily("longshore_workers", "Workers, and whether they beat.", labels=["alive"])
    for alive in (True, False):
        workers.add_metric([str(alive).lower()], sum(view.alive is alive for view in views))
    running = GaugeMetricFamily("longshore_running", "Tasks that workers run now.")
    running.add_metric([], sum(view.running for view in views))
    return iter([workers, running])


def _age(rfc3339: str | None, now: float) -> float:
    return 0.0 if rfc3339 is None else max(0.0, now - datetime.fromisoformat(rfc3339).timestamp())
