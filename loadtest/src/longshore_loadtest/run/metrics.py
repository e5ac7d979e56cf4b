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
        self._done = Counter(
            "longshore_loadtest_faults", "Faults that were done.", labels, registry=self._registry
        )
        self._skipped = Counter(
            "longshore_loadtest_faults_skipped", "Faults that were skipped.", labels, registry=self._registry
        )
        self._failed = Counter(
            "longshore_loadtest_faults_failed",
            "Faults that could not be begun.",
            labels,
            registry=self._registry,
        )

    def tell(self, fault: str, place: str, phase: Phase) -> None:
        """Take note of what the monkey tells."""
        match phase:
            case "begun":
                self._fault.labels(fault, place).set(1)
            case "ended":
                self._done.labels(fault, place).inc()
            case "healed" | "given-up":
                self._fault.labels(fault, place).set(0)
            case "failed":
                self._fault.labels(fault, place).set(0)
                self._failed.labels(fault, place).inc()
            case "skipped":
                self._skipped.labels(fault, place).inc()

    def text(self) -> bytes:
        """In Prometheus' words."""
        return generate_latest(self._registry)
