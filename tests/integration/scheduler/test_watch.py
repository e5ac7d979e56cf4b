"""What the broker lost is published again, and what it holds is written down."""

import pytest
from structlog.testing import capture_logs

from longshore.errors import BrokerUnavailable
from longshore_broker import Depth, open_publisher
from longshore_ledger import Ledger
from longshore_scheduler import watch as watch_module
from longshore_scheduler.relay import Relay
from longshore_scheduler.watch import Watch
from tests.integration.scheduler.harness import PATIENCE, Harness
from tests.services.ports import free_port
from tests.services.waiting import Eventually, Steadily


@pytest.fixture(autouse=True)
def _no_copy_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "ON_THE_WAY", 0.0)


@pytest.fixture
def watch(harness: Harness) -> Watch:
    """A watch that has seen the broker once."""
    opened = harness.watch()
    opened.step()
    return opened


@pytest.fixture
def relay(harness: Harness) -> Relay:
    """A relay that has published five tasks."""
    relay = harness.relay()
    harness.submit(5)
    harness.step_until(relay, QUEUED=5)
    return relay


def test_copies_that_were_purged_are_published_again(
    harness: Harness, watch: Watch, relay: Relay, eventually: Eventually
) -> None:
    # Given five copies in the broker, until somebody purges the queue
    eventually(lambda: harness.ready() == 5)
    harness.empty()

    # When the watch goes on
    with capture_logs() as lines:
        eventually(lambda: (watch.step(), lines)[1])

    # Then all five are published again, and one line says so
    harness.step_until(relay, QUEUED=5)
    eventually(lambda: harness.ready() == 5)
    assert [(line["queue"], line["outstanding"], line["copies"]) for line in lines] == [(harness.queue, 5, 5)]
    assert harness.ledger.metrics.counters()["republished", harness.queue, "add"] == 5


def test_a_broker_without_its_marker_was_wiped(
    harness: Harness, watch: Watch, relay: Relay, eventually: Eventually
) -> None:
    # Given five copies in a broker that loses everything
    eventually(lambda: harness.ready() == 5)
    harness.wipe()

    # When it is looked at once
    with capture_logs() as lines:
        watch.step()

    # Then all five are published again without waiting, and the broker is marked
    assert [(line["event"], line["copies"]) for line in lines] == [
        ("the broker was wiped; its copies are published again", 5)
    ]
    harness.step_until(relay, QUEUED=5)
    eventually(lambda: harness.ready() == 5)
    assert harness.marked()

    # And the next look finds nothing amiss
    with capture_logs() as lines:
        watch.step()
    assert lines == []


def test_a_new_broker_is_marked_silently(harness: Harness) -> None:
    # Given a broker that nobody has used
    assert not harness.marked()

    # When it is looked at
    with capture_logs() as lines:
        harness.watch().step()

    # Then it is marked, and nothing was lost
    assert harness.marked()
    assert lines == []


def test_copies_that_a_worker_holds_are_not_lost(
    harness: Harness, watch: Watch, relay: Relay, eventually: Eventually, steadily: Steadily
) -> None:
    # Given a worker that has taken all five
    harness.read(5)

    def look(held: int) -> bool:
        harness.beat(held)
        watch.step()
        return harness.states() == {"QUEUED": 5}

    # When it says so with every beat / Then nothing is published again
    steadily(lambda: look(held=5), during=3 * PATIENCE)

    # And when it says that it holds four, one is missing, and nobody knows which
    with capture_logs() as lines:
        eventually(lambda: not look(held=4))
    assert [line["copies"] for line in lines] == [5]
    harness.step_until(relay, QUEUED=5)
    eventually(lambda: harness.ready() == 5)


def test_what_the_broker_holds_is_written_down(
    harness: Harness, watch: Watch, relay: Relay, eventually: Eventually
) -> None:
    # Given five copies in the broker
    assert relay.blocked() is None

    # When it is looked at
    eventually(lambda: (watch.step(), harness.ledger.maintenance.broker()[harness.queue]["ready"] == 5)[1])

    # Then the ledger has the facts, with their time
    facts = harness.ledger.maintenance.broker()
    assert facts[harness.queue]["consumers"] == 0
    assert facts[""]["away"] is None
    assert facts[harness.queue]["at"] == facts[""]["at"]


def test_an_alarm_is_written_down(harness: Harness) -> None:
    # Given a relay that is blocked
    watch = harness.watch(blocked=lambda: "out of memory")

    # When the broker is looked at
    watch.step()

    # Then the ledger knows why nothing moves
    assert harness.ledger.maintenance.broker()[""]["away"] == "out of memory"


def test_a_broker_that_is_away_is_written_down(ledger: Ledger) -> None:
    # Given nobody at the broker's address
    watch = Watch(ledger, open_publisher(f"amqp://127.0.0.1:{free_port()}//"), lambda: None)

    # When it is looked for
    with pytest.raises(BrokerUnavailable):
        watch.step()

    # Then the ledger knows why nothing moves
    assert "refused" in ledger.maintenance.broker()[""]["away"]
    watch.close()


def test_on_a_new_broker_the_relay_may_be_first(
    harness: Harness, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a broker that is not marked yet, in which a relay has just published
    monkeypatch.setattr(watch_module, "ON_THE_WAY", 60.0)
    assert relay.blocked() is None
    assert not harness.marked()

    # When it is looked at for the first time
    with capture_logs() as lines:
        harness.watch().step()

    # Then nobody takes that for a loss
    assert lines == []
    assert harness.marked()
    assert harness.states() == {"QUEUED": 5}


def test_a_queue_that_is_not_there_is_not_asked_for_at_every_look(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a task of which no copy was ever published
    publisher = open_publisher(harness.broker_url)
    asked: list[str] = []
    real = publisher.depth

    def depth(queue: str) -> Depth:
        asked.append(queue)
        return real(queue)

    monkeypatch.setattr(publisher, "depth", depth)
    watch = Watch(harness.ledger, publisher, lambda: None)
    harness.submit()

    # When the watch looks twice, then once more when there is a copy
    watch.step()
    watch.step()
    before = list(asked)
    harness.step_until(harness.relay(), QUEUED=1)
    watch.step()
    watch.close()

    # Then it asked once for nothing, for RabbitMQ logs an error each time, and at once for something
    assert before == [harness.queue]
    assert asked == [harness.queue, harness.queue]


def test_a_queue_that_the_ledger_forgot_is_deleted_at_the_broker(
    harness: Harness, watch: Watch, relay: Relay, eventually: Eventually
) -> None:
    # Given a relay that knows the queue, which the ledger forgets
    harness.read(5)
    watch.step()
    harness.ledger.connection.redis.delete("{longshore}:pairs")
    assert harness.ledger.maintenance.abandoned_queues() == [harness.queue]

    # When
    with capture_logs() as lines:
        harness.watch().step()

    # Then
    assert [(line["event"], line["queue"]) for line in lines] == [
        ("deleted a queue that nobody uses at the broker", harness.queue)
    ]
    assert harness.exists() is False
    assert harness.ledger.maintenance.abandoned_queues() == []

    # And a task that comes there later is published all the same
    harness.submit()
    eventually(lambda: (relay.step(), harness.ready() == 1)[1])


def test_a_queue_with_messages_is_kept_at_the_broker(
    harness: Harness, watch: Watch, relay: Relay, eventually: Eventually
) -> None:
    # Given
    assert relay.blocked() is None
    watch.step()
    eventually(lambda: harness.ready() == 5)
    harness.ledger.connection.redis.delete("{longshore}:pairs")

    # When
    harness.watch().step()

    # Then
    assert harness.ready() == 5
    assert harness.ledger.maintenance.abandoned_queues() == [harness.queue]
