"""How much is fetched follows what tasks take, and what no child can run goes to other workers."""

from collections.abc import Callable
from typing import Any

import pytest

from longshore_ledger.records import Verdict
from tests.unit.worker.harness import Harness

Pass = Callable[[float], None]


class StubQueue:
    """A queue that notes who consumes it."""

    def __init__(self, name: str, said: list[tuple[Any, ...]]) -> None:
        self.name = name
        self._said = said

    def consume(self, tag: str, callback: object, *, nowait: bool) -> None:
        """Note."""
        assert callback == "callback"
        assert not nowait
        self._said.append(("consume", self.name, tag))


class StubConsumer:
    """kombu's consumer, its channel too, as far as `Prefetch` talks to them."""

    _receive_callback = "callback"

    def __init__(self, *names: str) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.queues = [StubQueue(name, self.said) for name in names]
        self._active_tags = {name: f"first-{name}" for name in names}
        self.channel = self
        self.qos = self
        self.prefetch_count = 0

    def basic_qos(self, size: int, count: int, a_global: bool) -> None:
        """Note."""
        assert (size, a_global) == (0, False)
        self.said.append(("qos", count))

    def basic_cancel(self, tag: str) -> None:
        """Note."""
        self.said.append(("cancel", tag))

    def cancel(self) -> None:
        """Note."""
        self.said.append(("cancel all",))


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Let seconds pass, for everybody who looks at the clock."""
    clock = {"now": 1000.0}

    def advance(seconds: float) -> None:
        clock["now"] += seconds

    monkeypatch.setattr("time.monotonic", lambda: clock["now"])
    return advance


def _learn(harness: Harness, queue: str, seconds: float) -> None:
    for _ in range(50):
        harness.state.queue_estimates.observe(queue, seconds)


def test_short_tasks_are_fetched_ahead(pass_time: Pass) -> None:
    # Given
    harness, consumer = Harness(children=2), StubConsumer("quick", "slow")
    limits = harness.prefetch(consumer, native=True)
    limits.look()
    assert consumer.said == []

    # When
    _learn(harness, "quick", 0.00001)
    limits.look()

    # Then: the new consumer is there before the old one goes
    [qos, consume, cancel] = consumer.said
    assert (qos, consume[:2], cancel) == (("qos", 256), ("consume", "quick"), ("cancel", "first-quick"))
    pass_time(1)
    limits.look()
    assert len(consumer.said) == 3


def test_what_is_too_much_is_given_back_when_tasks_become_long(pass_time: Pass) -> None:
    # Given
    harness, consumer = Harness(children=2), StubConsumer("quick")
    limits = harness.prefetch(consumer, native=True)
    _learn(harness, "quick", 0.00001)
    limits.look()
    copies = [harness.deliver() for _ in range(100)]

    # When
    _learn(harness, "quick", 5)
    pass_time(30)
    limits.look()

    # Then
    assert consumer.said[3] == ("qos", 2)
    assert sorted(harness.channel.rejected) == [copy.tag for copy in copies[2:]]
    assert list(harness.inbox.pending) == copies[:2]


def test_copies_that_no_child_can_run_go_to_other_workers(pass_time: Pass) -> None:
    # Given: both children are taken for long
    harness, consumer = Harness(children=2), StubConsumer("slow", "quick")
    harness.learn("slow", 30)
    for _ in range(2):
        harness.deliver("slow")
    harness.dispatcher.flush()
    limits = harness.prefetch(consumer, native=True)
    waiting = harness.deliver("quick")
    limits.look()
    assert consumer.said == []

    # When
    pass_time(1)
    limits.look()

    # Then: and the queue is served again as soon as a child is free
    assert consumer.said == [("cancel", "first-quick")]
    assert harness.channel.rejected == [waiting.tag]
    pass_time(1)
    limits.look()
    assert len(consumer.said) == 1
    harness.pool.sent[0].run(ms=30_000)
    harness.dispatcher.flush()
    limits.look()
    assert [said[0] for said in consumer.said[1:]] == ["qos", "consume"]


def test_virtual_transports_count_all_queues_together(pass_time: Pass) -> None:
    # Given
    harness, consumer = Harness(children=2), StubConsumer("quick", "slow")
    limits = harness.prefetch(consumer, native=False)

    # When
    _learn(harness, "quick", 0.00001)
    limits.look()

    # Then
    assert consumer.prefetch_count == 256 + 2
    assert consumer.said == []
    pass_time(0)


def test_what_would_wait_for_a_suspect_goes_to_other_workers(pass_time: Pass) -> None:
    # Given a task that runs, and a suspect which waits until that has ended
    harness, consumer = Harness(children=4), StubConsumer("slow", "quick")
    harness.deliver("slow")
    harness.dispatcher.flush()
    harness.runs.suspects, harness.runs.verdicts = {"s"}, {"s": Verdict.WAIT}
    harness.deliver("slow", "s")
    harness.dispatcher.flush()
    waiting = [harness.deliver("slow"), harness.deliver("quick")]
    limits = harness.prefetch(consumer, native=True)
    limits.look()

    # When
    pass_time(1)
    limits.look()

    # Then
    assert harness.channel.rejected == [copy.tag for copy in waiting]
    assert [copy.id for copy in harness.inbox.pending] == ["s"]
    assert consumer.said == [("cancel", "first-slow"), ("cancel", "first-quick")]


def test_a_worker_that_stops_fetches_nothing_and_keeps_nothing() -> None:
    # Given
    harness, consumer = Harness(), StubConsumer("quick")
    limits = harness.prefetch(consumer, native=True)
    copy = harness.deliver()

    # When
    limits.stop()

    # Then
    assert consumer.said == [("cancel all",)]
    assert harness.channel.rejected == [copy.tag]
