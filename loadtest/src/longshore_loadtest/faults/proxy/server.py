"""The proxy itself: connections to one address go on to another; a second address is told how."""

import asyncio
import random
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from typing import Final

import msgspec

from longshore_loadtest.faults.proxy.toxics import Toxics, Way

_PIECE: Final = 1 << 16
_LOOK: Final = 0.05
"""Seconds between two looks whether a cut is over."""
_QUEUED: Final = 64
"""Pieces under way in one direction; then the sender waits, as with any full pipe."""

Address = tuple[str, int]


class Proxy:
    """One way. `listen`, `control`: addresses of its own, port 0 for any; `to`: where it leads."""

    def __init__(self, to: Address, seed: int = 0) -> None:
        self.way = Way()
        self._to = to
        self._chance = random.Random(seed)
        self._under_way = set[asyncio.Task[None] | None]()
        """Connections. asyncio forgets a task that waits for one end when the other is gone."""

    async def open(self, listen: Address, control: Address) -> tuple[int, int]:
        """Begin to serve, until the loop ends; returns both ports."""
        servers = [
            await asyncio.start_server(self._pass_on, *listen),
            await asyncio.start_server(self._told, *control),
        ]
        self._servers = servers
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        return ports[0], ports[1]

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        self._under_way.add(task)
        try:
            await self._connect(reader, writer)
        finally:
            self._under_way.discard(task)

    async def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        await self._until_healed()
        try:
            there = await asyncio.open_connection(*self._to)
        except OSError:
            _reset(writer)
            return
        ways = [self._one_way(reader, there[1]), self._one_way(there[0], writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if any(task.exception() for task in done):
                _reset(writer)
                _reset(there[1])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            writer.close()
            there[1].close()

    async def _one_way(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Pieces leave in their order, each when it is due: lateness does not add up."""
        queue = asyncio.Queue[tuple[float, bytes]](_QUEUED)
        sender = asyncio.create_task(self._send(queue, writer))
        try:
            while True:
                piece = await reader.read(_PIECE)
                due = asyncio.get_running_loop().time() + self.way.lateness(self._chance)
                await queue.put((due, piece))
                if not piece:
                    await sender
                    return
                if sender.done():
                    sender.result()
                    return
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _send(self, queue: "asyncio.Queue[tuple[float, bytes]]", writer: StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self._until_healed()
            if not piece:
                with suppress(OSError):
                    writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()

    async def _until_healed(self) -> None:
        while self.way.get().cut:  # noqa: ASYNC110 - its end may be a matter of time alone
            await asyncio.sleep(_LOOK)

    async def _told(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One request: GET or PUT /toxics."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method = head.partition(" ")[0]
            status, body = 200, b""
            if method == "PUT":
                try:
                    self.way.set(msgspec.json.decode(await reader.readexactly(_length(head)), type=Toxics))
                except msgspec.MsgspecError as error:
                    status, body = 400, str(error).encode()
            body = body or msgspec.json.encode(self.way.get())
            writer.write(
                b"HTTP/1.1 %d -\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body))
            )
            writer.write(body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()


def _reset(writer: StreamWriter) -> None:
    """Break it off as a network does: with a reset, not with an orderly end."""
    with suppress(OSError):  # the other end was faster
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length" and value.strip().isdigit():
            return min(int(value), _PIECE)
    return 0
