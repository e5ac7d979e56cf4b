"""What one connection to the broker has delivered, in order, until it is acknowledged.

A tag means something on its own connection only. When that is lost the inbox is closed, whatever happens to
its copies afterwards: the broker delivers them again.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol

from longshore.names import is_name, is_task_id
from longshore.values import encode

_FEW: Final = 4
"""Of that many deliveries one may be settled and not acknowledged: the broker counts them all."""
_LONGEST: Final = 16_384
"""Characters of a parked message's body."""


class Unreadable(Exception):
    """The message is none of ours."""


class Copy:
    """One delivery of one run of a task: what the message says, and where it is to be acknowledged."""

    __slots__ = (
        "body",
        "chunk",
        "id",
        "inbox",
        "queue",
        "redelivered",
        "run",
        "suspect",
        "tag",
        "task",
        "timeout",
    )

    def __init__(
        self,
        inbox: "Inbox",
        tag: Any,
        queue: str,
        redelivered: bool,
        headers: dict[str, Any],
        body: bytes | str,
    ) -> None:
        self.inbox = inbox
        self.tag = tag
        self.queue = queue
        self.redelivered = redelivered
        self.suspect = False
        """The ledger said that it is to run with nothing beside it."""
        if not isinstance(headers, dict) or not isinstance(body, bytes | str | memoryview):
            raise Unreadable("it is no message of Longshore's")
        for name in ("id", "run", "task"):
            if not isinstance(headers.get(name), str):
                raise Unreadable(f"its header {name} is {_brief(headers.get(name, 'not there'))}")
        self.id: str = headers["id"]
        self.run: str = headers["run"]
        self.task: str = headers["task"]
        if not (is_task_id(self.id) and is_name(self.task)):
            raise Unreadable("its headers are not a task's")
        self.timeout = _seconds(headers.get("timeout"))
        self.chunk = bool(headers.get("chunk"))
        try:
            self.body: bytes = body.encode() if isinstance(body, str) else bytes(body)
        except UnicodeEncodeError as error:
            raise Unreadable("its body is not UTF-8") from error

    def parked(self) -> bytes:
        """The whole copy as JSON, to be kept where an operator finds it."""
        headers = {"task": self.task, "id": self.id, "run": self.run, "timeout": self.timeout}
        return parked(self.queue, headers | ({"chunk": 1} if self.chunk else {}), self.body)


class Channel(Protocol):
    """Of kombu's channels, what is used here."""

    def basic_ack(self, tag: Any, multiple: bool = False) -> None:
        """Acknowledge one delivery, or all up to it."""

    def basic_reject(self, tag: Any, requeue: bool = False) -> None:
        """Give a delivery back to its queue."""


class Inbox:
    """Deliveries of one connection.

    `drain` reads what has arrived on its socket; virtual transports have none to read.
    """

    def __init__(self, channel: Channel, drain: Callable[[], object] | None) -> None:
        self.pending: deque[Copy] = deque()
        """Not asked about yet."""
        self.closed = False
        self._channel = channel
        self._drain = drain
        self._tags: deque[Any] = deque()  # delivered, not acknowledged, oldest first
        self._settled: set[Any] = set()  # of them, those that may be

    def receive(self, copy: Copy) -> None:
        """Take a delivery."""
        self._tags.append(copy.tag)
        self.pending.append(copy)

    def track(self, tag: Any) -> None:
        """Take a delivery that is not a copy of ours, to be acknowledged like one."""
        self._tags.append(tag)

    def drain(self) -> None:
        """Read all that has arrived: kombu's loop reads one message a turn, and no batch would form."""
        if self._drain is not None and not self.closed:
            with self._closing_on_error():
                self._drain()

    def settle(self, tag: Any) -> None:
        """The delivery needs nothing any more; it is acknowledged with the next `acknowledge`."""
        if not self.closed:
            self._settled.add(tag)

    def acknowledge(self, *, all_of_them: bool = False) -> None:
        """Acknowledge what is settled: the oldest deliveries in one frame, the others one by one.

        Those others wait for their elders, a moment, while they are few: most of the time one frame will do
        for all. `all_of_them` ends that moment.
        """
        settled = self._settled
        if not settled or self.closed:
            return
        with self._closing_on_error():
            self._acknowledge(settled, all_of_them=all_of_them)

    def _acknowledge(self, settled: set[Any], *, all_of_them: bool) -> None:
        if self._drain is not None:  # virtual transports take no `multiple`
            self._acknowledge_in_order(settled)
            if not settled or not (all_of_them or len(settled) * _FEW >= len(self._tags)):
                return
        self._settled = set()
        self._tags = deque(tag for tag in self._tags if tag not in settled)
        for tag in settled:
            self._channel.basic_ack(tag)

    def _acknowledge_in_order(self, settled: set[Any]) -> None:
        tags, last = self._tags, None
        while tags and tags[0] in settled:
            last = tags.popleft()
            settled.discard(last)
        if last is not None:
            self._channel.basic_ack(last, multiple=True)

    def give_back(self, copies: list[Copy]) -> None:
        """Put copies that nobody asked about back in their queues, for other workers."""
        if self.closed or not copies:
            return
        gone = {copy.tag for copy in copies}
        self.pending = deque(copy for copy in self.pending if copy.tag not in gone)
        self._tags = deque(tag for tag in self._tags if tag not in gone)
        with self._closing_on_error():
            for tag in gone:
                self._channel.basic_reject(tag, requeue=True)

    def held(self) -> dict[str, int]:
        """Copies not started, by queue. Asked by the heartbeat's thread, too."""
        return dict(Counter(copy.queue for copy in self.pending.copy()))

    def close(self) -> None:
        """The connection is gone."""
        self.closed = True
        self.pending.clear()
        self._settled.clear()

    @contextmanager
    def _closing_on_error(self) -> Iterator[None]:
        """Touch a broken connection once: Celery's loop, on its way out, would flush again."""
        try:
            yield
        except Exception:
            self.close()
            raise


def parked(queue: object, headers: object, body: object) -> bytes:
    """A message as JSON, whatever is in it."""
    return encode({"queue": _text(queue), "headers": _text(headers), "body": _text(body)})


def _text(value: object) -> str:
    """Any value as text that UTF-8 can hold."""
    raw = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else None
    try:
        text = str(value) if raw is None else raw.decode("utf-8", "backslashreplace")
    except RecursionError:
        text = f"({type(value).__name__}, nested too deeply)"
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _brief(value: object) -> str:
    return _text(value)[:80]


def _seconds(value: object) -> float | None:
    """Read the header `timeout`. Nothing, and 0, is no limit."""
    if not value:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):
            seconds = float(value)
            if 0 < seconds < math.inf:
                return seconds
    raise Unreadable(f"its header timeout is {_brief(value)}")
