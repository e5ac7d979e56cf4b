"""The relay between a real ledger and each kind of broker."""

import threading

from longshore.settings import Settings
from longshore.states import State
from longshore_ledger import Ledger
from longshore_ledger.records import Verdict
from tests.integration.scheduler.harness import Harness
from tests.services.waiting import Eventually, Steadily


def test_a_submitted_task_reaches_a_worker(harness: Harness) -> None:
    # Given a submitted task with a time limit
    [id] = harness.submit(args=b'{"a": 1, "b": 2}', timeout=2.5)

    # When a relay works until the ledger knows that it is in the broker
    harness.step_until(harness.relay(), QUEUED=1)

    # Then a worker reads it and may run it
    [message] = harness.read(1)
    assert message.payload == [[], {"a": 1, "b": 2}, {}]
    assert message.headers["task"] == "add"
    assert message.headers["id"] == id
    assert message.headers["timeout"] == 2.5
    assert harness.start(message) == [Verdict.RUN]


def test_only_a_window_of_the_backlog_is_in_the_broker(harness: Harness) -> None:
    # Given more tasks than the window holds
    harness.submit(25)
    relay = harness.relay(window=10)

    # When the relay has done what it may
    harness.step_until(relay, PENDING=15, QUEUED=10)
    for _ in range(5):
        relay.step()
    assert harness.ready() == 10

    # And a worker starts four of them
    harness.start(*harness.read(4))

    # Then four more follow
    harness.step_until(relay, PENDING=11, QUEUED=10, STARTED=4)
    assert harness.ready() == 10


def test_an_urgent_task_overtakes_the_backlog(harness: Harness) -> None:
    # Given a window full of low priorities and more behind it
    harness.submit(20, priority=0)
    relay = harness.relay(window=5)
    harness.step_until(relay, PENDING=15, QUEUED=5)

    # When an urgent one is submitted and one slot becomes free
    [urgent] = harness.submit(priority=9)
    harness.start(*harness.read(1))
    harness.step_until(relay, PENDING=15, QUEUED=5, STARTED=1)

    # Then it is the next
    assert harness.read(1)[0].headers["id"] == urgent


def test_a_paused_queue_is_not_published(
    harness: Harness, eventually: Eventually, steadily: Steadily
) -> None:
    # Given a task of a paused queue
    harness.ledger.control.pause(harness.queue)
    harness.submit()
    relay = harness.relay()

    # When the relay works for a while
    steadily(lambda: (relay.step(), harness.ready() == 0)[1], during=0.3)

    # Then nothing happens until the queue is resumed
    harness.ledger.control.resume(harness.queue)
    eventually(lambda: (relay.step(), harness.ready() == 1)[1])


def test_a_delayed_task_is_published_when_it_is_due(harness: Harness) -> None:
    # Given a task with a delay and one without
    [later] = harness.submit(delay=0.5)
    [now] = harness.submit()
    relay = harness.relay()

    # When the one is published
    harness.step_until(relay, PENDING=1, QUEUED=1)
    tasks = harness.ledger.views.tasks([now, later])

    # Then the other waits, and follows by itself
    assert [task and task.state for task in tasks] == [State.QUEUED, State.PENDING]
    harness.step_until(relay, QUEUED=2)


def test_two_relays_share_the_work_and_publish_nothing_twice(
    harness: Harness, eventually: Eventually
) -> None:
    # Given two relays in threads of their own
    relays = [harness.relay(window=5000), harness.relay(window=5000)]
    stop = threading.Event()

    def drive(number: int) -> None:
        while not stop.is_set():
            relays[number].step()

    threads = [threading.Thread(target=drive, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()

    # When three thousand tasks are submitted
    for _ in range(6):
        harness.submit(500)

    # Then each is in the broker once
    try:
        eventually(lambda: harness.states() == {"QUEUED": 3000}, within=30)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert harness.ready() == 3000


def test_a_relay_that_dies_leaves_its_claim_to_another_and_no_task_runs_twice(
    harness: Harness, ledger_url: str, eventually: Eventually
) -> None:
    # Given a relay with short leases that publishes and dies before it has told the ledger of the confirms
    hasty = Ledger.open(ledger_url, Settings(lease_seconds=0.2))
    harness.submit(3)
    harness.relay(ledger=hasty).step()
    eventually(lambda: harness.ready() == 3)
    assert harness.states() == {"PENDING": 3}

    # When another relay finds that its lease has lapsed
    harness.step_until(harness.relay(), QUEUED=3)

    # Then a second copy of each is in the broker, and one of two may run
    verdicts = [verdict for message in harness.read(6) for verdict in harness.start(message)]
    assert sorted(verdicts) == [Verdict.DROP] * 3 + [Verdict.RUN] * 3
    hasty.close()


def test_a_relay_that_stops_leaves_nothing_leased(harness: Harness) -> None:
    # Given copies under way
    harness.submit(100)
    relay = harness.relay()
    relay.step()

    # When the relay is stopped
    relay.close()

    # Then each is in the broker, and the ledger knows
    assert harness.states() == {"QUEUED": 100}
    assert harness.ledger.outbox.backlog() == {}
