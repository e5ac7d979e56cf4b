"""Clients of event streams that read what comes and count it."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_EVENT: Final = b"event: "
_OPENING: Final = b"retry: "


@dataclass
class Heard:
    """What all of them have heard."""

    opened: int = 0
    events: int = 0
    size: int = 0
    """Bytes."""


@contextmanager
def listen(url: str, count: int) -> Iterator[Heard]:
    """Open `count` streams, and read them all in one thread."""
    parts = urlsplit(url)
    head = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    heard, stop = Heard(), threading.Event()
    with selectors.DefaultSelector() as selector:
        connections = []
        for _ in range(count):
            connection = socket.create_connection((parts.hostname, parts.port))
            connection.sendall(head)
            selector.register(connection, selectors.EVENT_READ)
            connections.append(connection)
        reader = threading.Thread(target=_read, args=(selector, heard, stop), daemon=True)
        reader.start()
        try:
            yield heard
        finally:
            stop.set()
            reader.join()
            for connection in connections:
                connection.close()


def _read(selector: selectors.BaseSelector, heard: Heard, stop: threading.Event) -> None:
    while not stop.wait(0 if selector.get_map() else 0.1):
        for key, _ in selector.select(timeout=0.2):
            piece = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
            if not piece:
                raise SystemExit("the API has closed an event stream")
            heard.opened += piece.count(_OPENING)
            heard.events += piece.count(_EVENT)
            heard.size += len(piece)
