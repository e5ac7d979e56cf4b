"""A server that speaks TLS and nothing else: it hangs up after the handshake."""

import socket
import ssl
import threading
from typing import Self

import trustme


class TlsServer:
    """Listens on an address of its own, with a certificate from `authority` for `name`."""

    def __init__(self, authority: trustme.CA, address: str, name: str | None = None) -> None:
        self.accepted = 0
        """Handshakes whose client took the certificate."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name or address).configure_cert(self._context)
        self._socket = socket.create_server((address, 0))
        host, port = self._socket.getsockname()
        self.address = f"{host}:{port}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(connection, server_side=True) as channel:
                    channel.recv(1)  # a client that refuses says so only now, in TLS 1.3
                    self.accepted += 1
            except OSError:
                connection.close()
