"""A relay among stubs."""

from dataclasses import dataclass
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from longshore_scheduler import relay as relay_module
from longshore_scheduler.measures import RelayMeasures
from longshore_scheduler.relay import Relay
from tests.unit.scheduler.stubs import Clock, StubLedger, StubPublisher, StubWaker

WINDOW = 1000


@dataclass
class Stage:
    """A relay and all it deals with."""

    relay: Relay
    ledger: StubLedger
    publisher: StubPublisher
    waker: StubWaker
    clock: Clock
    registry: CollectorRegistry

    def ready(self, queue: str, *ids: str) -> None:
        """Make tasks ready, without ringing."""
        self.ledger.outbox.ready[queue].extend(ids)

    def steps(self, count: int) -> None:
        """Let the relay do some rounds."""
        for _ in range(count):
            assert self.relay.step() == 0

    def steps_until(self, seconds: float) -> None:
        """Let it go on until so much time has passed since the beginning."""
        while self.clock.now < 1000 + seconds:
            self.steps(1)

    def published(self) -> list[str]:
        """Ids, in the order of their publishing."""
        return [ref.id for ref in self.publisher.published]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A relay that has not begun."""
    clock = Clock()
    monkeypatch.setattr(relay_module, "time", clock)
    ledger, publisher, waker, registry = StubLedger(), StubPublisher(), StubWaker(clock), CollectorRegistry()
    as_relay: Any = Relay
    relay = as_relay(ledger, publisher, waker, RelayMeasures(registry), window=WINDOW)
    return Stage(relay, ledger, publisher, waker, clock, registry)
