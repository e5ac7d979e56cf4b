"""What the API counts of itself, for /metrics. What the ledger counts, the scheduler exports."""

from prometheus_client import CollectorRegistry, Counter, Histogram


class Meters:
    """One registry an app, so that two apps in a process (tests) do not share figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "longshore_http_request_seconds",
            "Time to answer a request, by route, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
        )
        self.submissions = Counter(
            "longshore_http_submissions",
            "Tasks submitted over HTTP, by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self.lines = Counter(
            "longshore_http_uploaded_lines", "Lines of uploaded files recorded.", registry=self.registry
        )
