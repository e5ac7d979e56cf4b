"""What a consumer of the embedded broker held when it was killed."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import kombu
import pytest

from longshore_broker import Message, VirtualPublisher, consumer_options


@pytest.fixture
def publisher(redis_url: str) -> Iterator[VirtualPublisher]:
    """Two messages are in queue `add`."""
    publisher = VirtualPublisher(redis_url)
    publisher.connect()
    for id in ("one", "two"):
        publisher.publish("add", Message(id, "run", 4, {"id": id}, b"[[],{},{}]"))
    publisher.settle(1.0)
    yield publisher
    publisher.close()


_HOLDS_ONE_AND_DIES = """
import os, sys, kombu
from longshore_broker import consumer_options
connection = kombu.Connection(sys.argv[1], transport_options=consumer_options("dead"))
os._exit(0 if connection.channel().basic_get("add") else 1)
"""


def test_what_a_dead_consumer_held_is_forgotten_and_what_a_living_one_holds_is_not(
    publisher: VirtualPublisher, redis_url: str
) -> None:
    # Given a consumer that holds a copy, and one that held one and is gone
    with kombu.Connection(redis_url, transport_options=consumer_options("living")) as living:
        channel: Any = living.channel()  # kombu's stubs lack what its channels do
        assert channel.basic_get("add") is not None
        subprocess.run([sys.executable, "-c", _HOLDS_ONE_AND_DIES, redis_url], check=True, timeout=30)

        # Then
        assert publisher.sweep() == 1
        assert publisher.sweep() == 0

    # And the living one puts back what it held when it leaves
    assert publisher.depth("add").ready == 1
