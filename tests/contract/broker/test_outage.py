"""What every publisher promises when the broker dies under it."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from longshore.errors import BrokerUnavailable
from longshore_broker import TRANSPORT_OPTIONS, Publisher, amqp, open_publisher
from tests.contract.broker.copies import message, ref, settle
from tests.services.runner import Server
from tests.services.waiting import Eventually


@pytest.fixture(params=["own_rabbitmq", "embedded"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each kind of broker in turn, as a server of the test's own."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def publisher(server: Server) -> Iterator[Publisher]:
    """A publisher for it, not connected."""
    with closing(open_publisher(server.url)) as opened:
        yield opened


def _raises(call: Callable[[], object]) -> Callable[[], bool]:
    def raised() -> bool:
        try:
            call()
        except BrokerUnavailable:
            return True
        return False

    return raised


def test_confirmed_messages_survive_a_killed_broker_and_the_publisher_comes_back(
    server: Server, publisher: Publisher, eventually: Eventually
) -> None:
    # Given a queue that has seen a restart: RabbitMQ 4.3 forgets what it confirmed for a quorum queue when it
    # is killed within a second of the queue's declaration, since it writes the queue's name to disk later
    publisher.connect()
    publisher.set_epoch()
    publisher.declare("work")
    publisher.close()
    server.stop()
    server.start()

    # And a confirmed message, and one that is on its way when the broker dies
    publisher.connect()
    publisher.publish("work", message("confirmed"))
    settle(publisher, 1)
    server.kill()
    publisher.publish("work", message("under-way"))

    # When the publisher asks for its outcome
    eventually(_raises(lambda: publisher.settle(0.1)))

    # Then it has none, nothing else can be done, and closing names it
    for call in (lambda: publisher.depth("work"), lambda: publisher.declare("work"), publisher.has_epoch):
        with pytest.raises(BrokerUnavailable):
            call()
    with pytest.raises(BrokerUnavailable):
        publisher.connect()
    server.start()
    assert publisher.unsettled == 0

    # When the broker is back
    publisher.connect()

    # Then it kept what it confirmed, its marker too, and takes more
    assert publisher.has_epoch()
    eventually(lambda: publisher.depth("work").ready >= 1)  # a quorum queue elects its leader first
    publisher.declare("work")
    publisher.publish("work", message("later"))
    assert settle(publisher, 1) == ([ref("work", "later")], [])


def test_a_frozen_broker_does_not_hold_the_publisher_for_ever(
    server: Server, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a broker that keeps its connections and answers nothing, and a publisher of little patience
    monkeypatch.setattr(amqp, "_SILENCE_SECONDS", 1.0)
    monkeypatch.setitem(TRANSPORT_OPTIONS, "socket_timeout", 1.0)
    publisher.connect()
    server.freeze()

    # When something is asked of it
    with pytest.raises(BrokerUnavailable):
        publisher.depth("work")

    # Then closing does not wait for it either
    assert publisher.close() == []
    server.thaw()
