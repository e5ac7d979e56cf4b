"""Counters and histograms: kept by the scripts that move tasks, so that they survive restarts."""

from longshore_ledger.connection import PREFIX, Connection


class Metrics:
    """Reads counters and histograms."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counters(self) -> dict[tuple[str, str, str], int]:
        """(name, queue, task) to a count that only rises.

        Names: submitted, succeeded, failed, revoked, retried, retried by hand, released, crashes, dropped,
        fenced, republished.
        """
        totals = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:totals"))
        counters: dict[tuple[str, str, str], int] = {}
        for field, value in totals.items():
            match field.decode(errors="replace").split("|"):
                case [name, queue, task] if value.isdigit():
                    counters[name, queue, task] = int(value)
        return counters

    def histograms(self) -> dict[tuple[str, str], dict[int, int]]:
        """(`wait` or `run`, queue) to {upper bound in ms: observations in that bucket alone}."""
        buckets = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:histograms"))
        histograms: dict[tuple[str, str], dict[int, int]] = {}
        for field, value in buckets.items():
            match field.decode(errors="replace").split("|"):
                case [name, queue, bound] if bound.isdecimal() and value.isdigit():
                    histograms.setdefault((name, queue), {})[int(bound)] = int(value)
        return histograms

    def parked(self) -> int:
        """Copies that came from the broker and that the ledger does not know."""
        return int(self._connection.guard(lambda: self._connection.redis.hlen(f"{PREFIX}:parked")))
