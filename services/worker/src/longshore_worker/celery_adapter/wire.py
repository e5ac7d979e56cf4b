"""Deliveries read straight off RabbitMQ's socket, many at a time.

py-amqp reads a frame with three system calls and decodes a message with some hundred Python calls: half of
what a worker's parent did. A delivery is three frames whose form is known; these are read here, and every
other frame is handed to py-amqp, which also does all the writing.
"""

import socket
from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from amqp.serialization import loads
from amqp.transport import TCPTransport

_FRAME: Final = Struct(">BHI")  # kind, channel, size
_FRAME_END: Final = 0xCE
_METHOD: Final = 1
_DELIVER: Final = b"\x00\x3c\x00\x3c"  # class 60, method 60
_TAG: Final = Struct(">QB")  # delivery tag, redelivered
_CONTENT: Final = Struct(">HHQH")  # class, weight, size of the body, which properties follow
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 0x8000, 0x4000, 0x2000
_SIZE: Final = Struct(">I")
_LONG: Final = Struct(">q")
_DOUBLE: Final = Struct(">d")
_AT_ONCE: Final = 1 << 18

Deliver = Callable[[int, str, bool, dict[str, Any], bytes], None]
"""Takes a delivery: its tag, its routing key, whether it was delivered before, headers, body."""


class Wire:
    """The reading half of a connection. `channel` is py-amqp's, of the consumer that these are for."""

    def __init__(self, connection: Any, channel: Any, callback: object, deliver: Deliver) -> None:
        self._connection = connection
        # As they are now: py-amqp's properties would connect again, by themselves, when they are gone.
        self._transport = connection.transport
        self._inbound = connection.on_inbound_frame
        self._channel = channel
        self._callback = callback
        self._deliver = deliver
        self._consumers: dict[bytes, bool] = {}
        self._routes: dict[bytes, str] = {}

    @staticmethod
    def suits(connection: Any) -> bool:
        """Whether the connection is a plain one: TLS has buffers of its own."""
        return type(connection.transport) is TCPTransport

    def drain(self) -> None:
        """Deal with everything that has arrived. Raises OSError when the connection is gone."""
        transport = self._transport
        while True:
            # What is left over stays where py-amqp looks first, when it waits for an answer.
            data = transport._read_buffer = self._receive(transport)  # noqa: SLF001
            self._parse(transport)
            if len(data) < _AT_ONCE:
                return

    def _receive(self, transport: Any) -> bytes:
        if transport.sock is None:
            raise ConnectionResetError("the connection to the broker is closed")
        waiting: bytes = transport._read_buffer  # noqa: SLF001
        try:
            data: bytes = transport.sock.recv(_AT_ONCE, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return waiting
        except OSError:
            transport.connected = False
            raise
        if not data:
            transport.connected = False
            raise ConnectionResetError("the broker closed the connection")
        return waiting + data if waiting else data

    def _parse(self, transport: Any) -> None:
        """Deal with the whole frames in the buffer.

        Deliveries are read here, others by py-amqp, which may itself read on from the buffer meanwhile.
        """
        while True:
            data: bytes = transport._read_buffer  # noqa: SLF001
            at = self._read_deliveries(data)
            transport._read_buffer = data = data[at:]  # noqa: SLF001
            frame = _whole_frame(data, 0)
            if frame is None or self._is_delivery(data, *frame):
                return  # the rest is still on its way
            kind, channel, start, after = frame
            transport._read_buffer = data[after:]  # noqa: SLF001
            self._inbound((kind, channel, data[start : after - 1]))

    def _read_deliveries(self, data: bytes) -> int:
        """Read deliveries from the beginning of `data`; returns where the last whole one ends."""
        at = 0
        while (frame := _whole_frame(data, at)) is not None and self._is_delivery(data, *frame):
            after = self._read_delivery(data, frame[2] + 4, frame[3])
            if after == 0:
                break
            at = after
        return at

    def _is_delivery(self, data: bytes, kind: int, channel: int, start: int, _: int) -> bool:
        if kind != _METHOD or channel != self._channel.channel_id or not data.startswith(_DELIVER, start):
            return False
        return self._is_ours(data[start + 5 : start + 5 + data[start + 4]])

    def _read_delivery(self, data: bytes, at: int, after: int) -> int:
        """Read the delivery whose first frame ends at `after`. Returns its own end, 0 if it is not whole."""
        at += 1 + data[at]  # the consumer's tag
        tag, redelivered = _TAG.unpack_from(data, at)
        at += 9
        at += 1 + data[at]  # the exchange
        route = data[at + 1 : at + 1 + data[at]]
        header = _whole_frame(data, after)
        if header is None:
            return 0
        _, _, start, after = header
        _, _, missing, properties = _CONTENT.unpack_from(data, start)
        table, pieces = start + 14, []
        while missing > 0:
            body = _whole_frame(data, after)
            if body is None:
                return 0
            _, _, start, after = body
            pieces.append(data[start : after - 1])
            missing -= after - 1 - start
        self._connection.bytes_recv += 1  # py-amqp's heartbeat asks whether anything came
        whole = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._deliver(tag, self._route(route), bool(redelivered), _headers(data, table, properties), whole)
        return after

    def _is_ours(self, consumer: bytes) -> bool:
        known = self._consumers.get(consumer)
        if known is None:
            known = self._channel.callbacks.get(consumer.decode()) == self._callback
            self._consumers[consumer] = known
        return known

    def _route(self, route: bytes) -> str:
        known = self._routes.get(route)
        if known is None:
            known = self._routes[route] = route.decode("utf-8", "backslashreplace")
        return known


def _whole_frame(data: bytes, at: int) -> tuple[int, int, int, int] | None:
    """Kind, channel, beginning of the payload and end of the frame at `at`, if all of it is there."""
    if len(data) < at + 8:
        return None
    kind, channel, size = _FRAME.unpack_from(data, at)
    after = at + 8 + size
    if after > len(data):
        return None
    if data[after - 1] != _FRAME_END:
        raise ConnectionError("the broker's frames are out of step")
    return kind, channel, at + 7, after


def _headers(data: bytes, at: int, properties: int) -> dict[str, Any]:
    """The header table, which only two short texts can precede."""
    if not properties & _HEADERS:
        return {}
    for text in (_CONTENT_TYPE, _CONTENT_ENCODING):
        if properties & text:
            at += 1 + data[at]
    table = at
    end = at + 4 + _SIZE.unpack_from(data, at)[0]
    at += 4
    headers: dict[str, Any] = {}
    while at < end:
        start = at + 1
        at = start + data[at]
        name = data[start:at].decode("utf-8", "backslashreplace")
        kind = data[at]
        at += 1
        if kind == 83:  # S: a text
            start = at + 4
            at = start + _SIZE.unpack_from(data, at)[0]
            headers[name] = data[start:at].decode("utf-8", "backslashreplace")
        elif kind == 108:  # l: a whole number
            headers[name] = _LONG.unpack_from(data, at)[0]
            at += 8
        elif kind == 100:  # d: a float
            headers[name] = _DOUBLE.unpack_from(data, at)[0]
            at += 8
        else:
            return _any_headers(data, table)
    return headers


def _any_headers(data: bytes, table: int) -> dict[str, Any]:
    """A table of any kinds, by py-amqp. One that it cannot read is none of ours, and is empty."""
    try:
        (found,), _ = loads("F", data, table)
        return dict(found)
    except Exception:  # noqa: BLE001  # whatever it is, the messages behind it are not to blame
        return {}
