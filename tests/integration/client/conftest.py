"""The client against a real API."""

from collections.abc import Iterator

import pytest

from longshore import Client

from .serving import api_process, catalogued, url, worker

__all__ = ["api_process", "catalogued", "url", "worker"]


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    """A client of that API."""
    with Client(url, "") as client:
        yield client
