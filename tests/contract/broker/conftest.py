"""A publisher on each kind of broker, and somebody who reads what it published."""

from collections.abc import Iterator

import pytest

from longshore_broker import Publisher, open_publisher
from tests.contract.broker.reading import Reader, reading


@pytest.fixture
def publisher(either_broker_url: str) -> Iterator[Publisher]:
    """A connected publisher."""
    opened = open_publisher(either_broker_url)
    opened.connect()
    yield opened
    opened.close()


@pytest.fixture
def reader(either_broker_url: str) -> Iterator[Reader]:
    """A reader of the same broker."""
    with reading(either_broker_url) as opened:
        yield opened
