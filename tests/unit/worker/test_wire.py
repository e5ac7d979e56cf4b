"""Deliveries read off RabbitMQ's socket: whole or in pieces, between frames of other kinds."""

import socket
from typing import Any

import amqp
import pytest
from amqp.serialization import dumps
from amqp.transport import TCPTransport

from longshore_worker.celery_adapter.wire import Wire

CHANNEL = 1
HEADERS = {"lang": "py", "task": "add", "id": "one", "run": "r1", "timeout": 2.5, "chunk": 1}


def _ours(message: Any) -> None:
    raise AssertionError(message)


class Connection:
    """Of py-amqp's, what the wire touches; a pair of sockets in place of RabbitMQ."""

    def __init__(self) -> None:
        self.theirs, ours = socket.socketpair()
        self.transport: Any = TCPTransport.__new__(TCPTransport)
        self.transport.sock = ours
        self.transport._read_buffer = b""  # type: ignore[attr-defined]
        self.transport.connected = True  # type: ignore[attr-defined]
        self.bytes_recv = 0
        self.foreign: list[tuple[int, int, bytes]] = []

    def on_inbound_frame(self, frame: tuple[int, int, bytes]) -> None:
        self.foreign.append(frame)


class Channel:
    channel_id = CHANNEL
    callbacks = {"ours": _ours, "control": print}  # noqa: RUF012


@pytest.fixture
def connection() -> Any:
    made = Connection()
    yield made
    made.theirs.close()
    made.transport.sock.close()


@pytest.fixture
def taken() -> list[tuple[Any, ...]]:
    return []


@pytest.fixture
def wire(connection: Connection, taken: list[tuple[Any, ...]]) -> Wire:
    return Wire(connection, Channel(), _ours, lambda *delivery: taken.append(delivery))


def _frame(kind: int, payload: bytes, channel: int = CHANNEL) -> bytes:
    return bytes([kind]) + channel.to_bytes(2, "big") + len(payload).to_bytes(4, "big") + payload + b"\xce"


def _delivery(
    tag: int, body: bytes, headers: dict[str, Any] = HEADERS, consumer: str = "ours", piece: int = 1000
) -> bytes:
    method = b"\x00\x3c\x00\x3c" + dumps("sLbss", (consumer, tag, tag % 2 == 0, "", "queue"))
    message: Any = amqp.Message(
        body, application_headers=headers, content_type="application/json", delivery_mode=2, priority=4
    )
    header = b"\x00\x3c\x00\x00" + len(body).to_bytes(8, "big") + message._serialize_properties()
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)]
    return _frame(1, method) + _frame(2, header) + b"".join(_frame(3, one) for one in pieces)


def test_deliveries_are_read_many_at_a_time(
    connection: Connection, wire: Wire, taken: list[tuple[Any, ...]]
) -> None:
    # Given
    connection.theirs.sendall(b"".join(_delivery(tag, b"[[%d],{},{}]" % tag) for tag in range(1, 101)))

    # When
    wire.drain()

    # Then
    assert taken == [(tag, "queue", tag % 2 == 0, HEADERS, b"[[%d],{},{}]" % tag) for tag in range(1, 101)]
    assert connection.foreign == []
    assert connection.bytes_recv > 0


def test_a_delivery_may_come_in_any_pieces(
    connection: Connection, wire: Wire, taken: list[tuple[Any, ...]]
) -> None:
    # Given
    data = _delivery(1, b"x" * 2500) + _frame(8, b"", channel=0) + _delivery(2, b"")

    # When
    for byte in data:
        connection.theirs.sendall(bytes([byte]))
        wire.drain()

    # Then
    assert [(one[0], len(one[4])) for one in taken] == [(1, 2500), (2, 0)]
    assert connection.foreign == [(8, 0, b"")]


def test_what_is_not_ours_goes_to_py_amqp_in_order(
    connection: Connection, wire: Wire, taken: list[tuple[Any, ...]]
) -> None:
    # Given
    method = _frame(1, b"\x00\x3c\x00\x1f" + dumps("s", ("ours",)))
    connection.theirs.sendall(
        _delivery(1, b"1") + method + _delivery(9, b"9", consumer="control") + _delivery(2, b"2")
    )

    # When
    wire.drain()

    # Then
    assert [one[0] for one in taken] == [1, 2]
    assert [(kind, len(connection.foreign)) for kind, _, _ in connection.foreign] == [
        (1, 4),
        (1, 4),
        (2, 4),
        (3, 4),
    ]


def test_py_amqp_may_read_on_by_itself(
    connection: Connection, wire: Wire, taken: list[tuple[Any, ...]]
) -> None:
    # Given: whoever is handed a frame waits for the next one
    def swallow(_: object) -> None:
        connection.transport._read_buffer = connection.transport._read_buffer[8:]

    connection.on_inbound_frame = swallow  # type: ignore[method-assign,assignment]
    connection.theirs.sendall(_frame(8, b"", 0) + _frame(8, b"", 0) + _delivery(1, b"1"))

    # When
    wire.drain()

    # Then
    assert [one[0] for one in taken] == [1]


def test_headers_of_any_type_are_read(
    connection: Connection, wire: Wire, taken: list[tuple[Any, ...]]
) -> None:
    # Given
    headers = HEADERS | {"x-death": [{"count": 1}], "flag": True, "nothing": None}
    connection.theirs.sendall(_delivery(1, b"1", headers))

    # When
    wire.drain()

    # Then
    assert taken[0][3] == headers


def test_a_closed_connection_is_an_error(connection: Connection, wire: Wire) -> None:
    # When
    connection.theirs.close()

    # Then
    with pytest.raises(ConnectionError):
        wire.drain()
    assert not connection.transport.connected


def test_frames_that_are_out_of_step_are_an_error(connection: Connection, wire: Wire) -> None:
    # When
    connection.theirs.sendall(_delivery(1, b"1")[:-1] + b"\x00")

    # Then
    with pytest.raises(ConnectionError):
        wire.drain()
