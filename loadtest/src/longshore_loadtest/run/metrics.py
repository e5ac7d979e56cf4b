"""What a run tells Prometheus: which faults there are now, for annotations in Grafana."""

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest

from longshore_loadtest.history.record import Phase


class Metrics:
    """Follows the monkey."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("fault", "place")
        running = Gauge("longshore_loadtest_running", "A load test runs.", registry=self._registry)
        running.set(1)
        self._fault = Gauge(
            "longshore_loadtest_fault",
            "1 from when a fault begins until what it broke is whole again, or is given up.",
            labels,
            registry=self._registry,
        )
        self._begun = Counter(
            "longshore_loadtest_faults", "Faults that began.", labels, registry=self._registry
        )
        self._skipped = Counter(
            "longshore_loadtest_faults_skipped", "Faults that were skipped.", labels, registry=self._registry
        )
        self._ended = set[tuple[str, str]]()
        """Ended and not yet whole: one that ends again is given up."""

    def tell(self, fault: str, place: str, phase: Phase) -> None:
        """Take note of what the monkey tells."""
        match phase:
            case "begun":
                self._ended.discard((fault, place))
                self._fault.labels(fault, place).set(1)
                self._begun.labels(fault, place).inc()
            case "ended" if (fault, place) not in self._ended:
                self._ended.add((fault, place))
            case "ended" | "healed":
                self._ended.discard((fault, place))
                self._fault.labels(fault, place).set(0)
            case "skipped":
                self._skipped.labels(fault, place).inc()

    def text(self) -> bytes:
        """In Prometheus' words."""
        return generate_latest(self._registry)
