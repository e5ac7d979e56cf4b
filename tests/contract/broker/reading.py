"""A consumer such as a worker's, which takes what is there and acknowledges it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import kombu

from longshore.broker import TRANSPORT_OPTIONS, is_embedded, work_queue


@dataclass
class Reader:
    """Reads with kombu, as Celery does."""

    connection: kombu.Connection

    def read(self, queue: str, count: int) -> list[Any]:
        """`count` messages, one at a time, in the order of their delivery."""
        messages: list[Any] = []

        def take(message: Any) -> None:
            messages.append(message)
            message.ack()

        channel = self.connection.channel()
        with kombu.Consumer(channel, [work_queue(queue)], on_message=take, accept=["json"], prefetch_count=1):
            while len(messages) < count:
                self.connection.drain_events(timeout=10)
        return messages


@contextmanager
def reading(url: str) -> Iterator[Reader]:
    """Connect a reader."""
    options = TRANSPORT_OPTIONS if is_embedded(url) else {}
    with kombu.Connection(url, transport_options=options) as connection:
        yield Reader(connection)
