"""A wire that can be held: what one side has sent stays in it until it is let go, or is cut off."""

import socket
import threading
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

PIECE: Final = 65_536


class Wire:
    """A TCP proxy to the server of a URL. Each direction can be held by itself, for all connections."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._to_server, self._to_client = threading.Event(), threading.Event()
        self._to_server.set()
        self._to_client.set()
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """The server's URL, through this wire."""
        credentials, at, _ = self._parts.netloc.rpartition("@")
        netloc = f"{credentials}{at}127.0.0.1:{self._listener.getsockname()[1]}"
        return self._parts._replace(netloc=netloc).geturl()

    def hold_answers(self) -> None:
        """What the server sends arrives no more: among it its confirms."""
        self._to_client.clear()

    def hold_requests(self) -> None:
        """What clients send arrives no more."""
        self._to_server.clear()

    def let_go(self) -> None:
        """Let everything arrive that was held."""
        self._to_server.set()
        self._to_client.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _shut(self._listener)
        for one in self._sockets:
            _shut(one)
        self.let_go()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection((self._parts.hostname, self._parts.port))
            except OSError:  # closed
                return
            self._sockets += [client, server]
            for source, sink, may_pass in (
                (client, server, self._to_server),
                (server, client, self._to_client),
            ):
                thread = threading.Thread(target=_pump, args=(source, sink, may_pass), daemon=True)
                self._threads.append(thread)
                thread.start()


def _pump(source: socket.socket, sink: socket.socket, may_pass: threading.Event) -> None:
    """Carry bytes until one side ends; the end, too, waits while the wire is held."""
    try:
        while piece := source.recv(PIECE):
            may_pass.wait()
            sink.sendall(piece)
        may_pass.wait()
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        _shut(sink)


def _shut(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    finally:
        one.close()
