"""Moments of the AMQP publisher that no real broker shows on demand."""

from typing import Any

import amqp
import pytest

from longshore.errors import BrokerUnavailable
from longshore_broker import AmqpPublisher, Message, Ref, Settled
from longshore_broker import amqp as amqp_module
from longshore_broker.frames import PublishFrames

MESSAGE = Message("id", "run", 4, {"id": "id", "run": "run"}, b"[]")


class DyingConnection:
    """Answers once, then dies."""

    def __init__(self, publisher: AmqpPublisher) -> None:
        self._publisher = publisher
        self.transport: Any = self
        self.bytes_sent = 0
        self.collected = 0

    def having_timeout(self, _seconds: float) -> "DyingConnection":
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, _frames: bytes) -> None:
        pass

    def heartbeat_tick(self) -> None:
        pass

    def drain_events(self, timeout: float) -> None:
        if timeout:
            self._publisher._unsettled.acked(1)
        else:
            raise ConnectionResetError("reset by peer")

    def collect(self) -> None:
        self.collected += 1


def test_what_was_confirmed_before_the_connection_died_counts() -> None:
    # Given two messages on a connection that confirms the first and dies
    publisher = AmqpPublisher("amqp://nowhere")
    publisher._connection = connection = DyingConnection(publisher)
    publisher._frames = PublishFrames(1, 4096)
    publisher.publish("queue", MESSAGE)
    publisher.publish("queue", MESSAGE._replace(id="other"))

    # When they are settled
    settled = publisher.settle(1.0)

    # Then the first is confirmed; the next call says that the broker is away, and closing names the other
    assert settled == Settled(confirmed=[Ref("queue", "id", "run")])
    assert connection.collected == 1
    with pytest.raises(BrokerUnavailable):
        publisher.settle(1.0)
    assert publisher.close() == [Ref("queue", "other", "run")]


def test_an_alarm_is_over_when_the_broker_says_so() -> None:
    # Given a publisher that the broker blocks
    publisher = AmqpPublisher("amqp://nowhere")
    publisher._on_blocked("low on memory")
    assert publisher.blocked == "low on memory"

    # When it unblocks
    publisher._on_unblocked()

    # Then nothing is in the way
    assert publisher.blocked is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "amqp://guest:guest@127.0.0.1:5672//",
            {"host": "127.0.0.1:5672", "userid": "guest", "password": "guest", "virtual_host": "/"},
        ),
        (
            "amqp://longshore:p%40ss@rabbit/my%2Fvhost",
            {"host": "rabbit:5672", "userid": "longshore", "password": "p@ss", "virtual_host": "my/vhost"},
        ),
        ("amqp://[::1]:25672", {"host": "[::1]:25672", "virtual_host": "/", "ssl": False}),
        (
            "amqps://rabbit/",
            {
                "host": "rabbit:5671",
                "ssl": {"context": {"check_hostname": True}, "server_hostname": "rabbit"},
            },
        ),
        ("amqp://", {"host": "127.0.0.1:5672", "userid": "guest", "password": "guest"}),
    ],
)
def test_a_url_says_where_and_who(
    url: str, expected: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a URL
    seen: dict[str, object] = {}
    monkeypatch.setattr(amqp, "Connection", lambda **how: seen.update(how))

    # When a connection is made from it
    amqp_module._connection(url, "longshore relay")

    # Then it is understood, and no call on it can block for ever
    assert {name: seen[name] for name in expected} == expected
    assert seen["client_properties"] == {"connection_name": "longshore relay"}
    assert all(seen[name] for name in ("connect_timeout", "read_timeout", "write_timeout", "heartbeat"))


def test_several_urls_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given two brokers, neither of which answers
    tried: list[str] = []

    class Refusing:
        def __init__(self, url: str) -> None:
            self._url = url

        def connect(self) -> None:
            tried.append(self._url)
            raise ConnectionRefusedError(self._url)

        def collect(self) -> None:
            pass

    monkeypatch.setattr(amqp_module, "_connection", lambda url, *_, **__: Refusing(url))
    publisher = AmqpPublisher("amqp://one;amqp://two")

    # When it is tried three times
    for _ in range(3):
        with pytest.raises(BrokerUnavailable):
            publisher.connect()

    # Then they take turns
    assert tried == ["amqp://one", "amqp://two", "amqp://one"]
