"""The hub: opens streams, and ends them all when the process is told to stop."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge

from longshore_api.events.channel import Channel
from longshore_api.events.filter import Filter
from longshore_api.events.overview import OverviewChannel
from longshore_api.events.permits import Permit, Permits
from longshore_api.events.snapshots import Snapshots
from longshore_api.events.stream import C, Stream
from longshore_api.events.tasks import TaskChannel
from longshore_api.ledger_link import LedgerLink


class Hub:
    """One a process: all its streams share a reader of events and a maker of snapshots."""

    def __init__(self, link: LedgerLink, registry: CollectorRegistry) -> None:
        self.snapshots = Snapshots(lambda: link.ledger)
        self._tasks = TaskChannel(lambda: link.ledger)
        # A snapshot that somebody else has just asked for will do.
        self._overview = OverviewChannel(lambda: self.snapshots.latest(fresh=0.5))
        self._permits = Permits()
        self._open = Gauge("longshore_event_streams", "Event streams that are open.", registry=registry)
        self._dropped = Counter(
            "longshore_event_streams_dropped",
            "Event streams that were ended because their clients did not read.",
            registry=registry,
        )

    def listen(self, filter: Filter, after: str | None, permit: Permit | None = None) -> Iterator[bytes]:
        """What one client is sent: events behind the id `after`, or from now on; without a filter, snapshots.

        It listens from when the first piece is asked for until it is closed, or `permit` holds no more.
        """
        with self._open.track_inprogress():
            if filter:
                yield from self._follow(self._tasks, self._tasks.open(filter, after), permit)
            else:
                yield from self._follow(self._overview, self._overview.open(), permit)

    def stop(self) -> None:
        """End all streams, and each that is opened from now on."""
        self._tasks.stop()
        self._overview.stop()

    def _follow(self, channel: Channel[C], stream: Stream[C], permit: Permit | None) -> Iterator[bytes]:
        try:
            with self._permits.watched(permit, stream.end):
                yield from stream
        finally:
            channel.leave(stream)
            if stream.was_dropped:
                self._dropped.inc()
