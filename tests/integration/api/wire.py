"""Requests as bytes, as no well-behaved client would send them, and answers as bytes."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse


@dataclass(frozen=True)
class Answer:
    """What came back. A stream of events is read to its first event."""

    status: int
    headers: HTTPMessage
    body: bytes


Headers = Mapping[str, str | bytes]


def request(method: str, target: str, headers: Headers | None = None, body: bytes | None = None) -> bytes:
    """A request; `headers` may hold any bytes but line ends. Host and length are added."""
    given: dict[str, str | bytes] = {"Host": "127.0.0.1", **(headers or {})}
    if body is not None and "Transfer-Encoding" not in given:
        given |= {"Content-Length": str(len(body))}
    lines = [f"{method} {target} HTTP/1.1".encode("utf-8", "surrogateescape")]
    lines += [
        name.encode() + b": " + (v if isinstance(v, bytes) else v.encode()) for name, v in given.items()
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def ask(port: int, raw: bytes, *, method: str = "GET", within: float = 30) -> Answer | None:
    """Send `raw` and shut down; None where the connection was closed without an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=within) as connection:
        try:
            connection.sendall(raw)
            if raw.startswith(b"GET /v1/events"):
                pass  # A stream ends when its client goes: what is sent first will do.
            else:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # Refused before all of it was sent; the answer may be there.
        response = HTTPResponse(connection, method=method)
        try:
            response.begin()
        except (OSError, ValueError, EOFError):
            return None
        except Exception as error:
            if type(error).__module__ == "http.client":
                return None
            raise
        body = b""
        try:
            if response.headers.get_content_type() == "text/event-stream":
                while b"\nid:" not in body and b"event:" not in body and (piece := response.read1()):
                    body += piece
            else:
                body = response.read()
        except OSError:
            pass  # Cut; what came counts.
        return Answer(response.status, response.headers, body)
