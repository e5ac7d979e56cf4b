"""A consumer such as a worker's, which takes what is there and acknowledges it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import kombu

from longshore_broker import TRANSPORT_OPTIONS, is_embedded, work_queue
from tests.services.waiting import eventually


@dataclass
class Reader:
    """Reads with kombu, as Celery does."""

    connection: kombu.Connection

    def read(self, queue: str, count: int) -> list[Any]:
        """`count` messages and no more, in the order of their delivery."""
        bound: Any = work_queue(queue)(self.connection.default_channel)
        bound.declare()
        messages = [eventually(lambda: bound.get(accept=["json"])) for _ in range(count)]
        for message in messages:
            message.ack()
        return messages


@contextmanager
def reading(url: str) -> Iterator[Reader]:
    """Connect a reader."""
    options = TRANSPORT_OPTIONS if is_embedded(url) else {}
    with kombu.Connection(url, transport_options=options) as connection:
        yield Reader(connection)
