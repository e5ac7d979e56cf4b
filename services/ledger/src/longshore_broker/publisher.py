"""What the scheduler asks of a broker. One contract suite tests all who answer it."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from longshore_broker.message import Message


class Ref(NamedTuple):
    """Names one published copy."""

    queue: str
    id: str
    run: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The copies whose outcome is known."""

    confirmed: list[Ref] = field(default_factory=list)
    """In the broker, on disk if it has one."""
    refused: list[Ref] = field(default_factory=list)
    """Not in the broker: negatively acknowledged, or returned because the queue is gone."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What a queue holds."""

    ready: int
    """Messages that no worker holds."""
    consumers: int
    """Always 0 on the embedded broker, which does not know."""


NO_QUEUE: Final = Depth(0, 0)


@dataclass(frozen=True, slots=True)
class Server:
    """What answered at the other end."""

    product: str
    version: str
    queue_type: str
    """`quorum`, `classic` or `list`."""


class Publisher(Protocol):
    """One connection to the broker, for one thread.

    Every method may raise BrokerUnavailable; after it only `close` and `connect` make sense.
    """

    @property
    def unsettled(self) -> int:
        """How many published copies are neither confirmed nor refused yet."""

    @property
    def blocked(self) -> str | None:
        """Why the broker takes no messages for now (an alarm), None when it does."""

    def connect(self) -> Server:
        """Open the connection. Returns what answered."""

    def declare(self, queue: str) -> None:
        """Make sure the queue exists, of the kind this server does best. QueueRefused if it may not."""

    def publish(self, queue: str, message: Message) -> None:
        """Send a persistent message; a later `settle` has its outcome. May be buffered until then."""

    def settle(self, timeout: float) -> Settled:
        """Send what is buffered and collect outcomes, waiting at most `timeout` seconds for the first.

        Also answers heartbeats, so it wants calling every few seconds even when nothing is unsettled.
        """

    def fileno(self) -> int | None:
        """Readable when `settle(0)` has something to do; None if outcomes are known at once."""

    def depth(self, queue: str) -> Depth:
        """What the queue holds; `NO_QUEUE` if it does not exist. QueueRefused if that is not to be known."""

    def remove(self, queue: str) -> bool:
        """Delete the queue if nothing is in it and nobody reads it. False while that is not so."""

    def has_epoch(self) -> bool:
        """Whether the marker queue is there. If not, the broker is new, wiped or restored from afar."""

    def set_epoch(self) -> None:
        """Declare the marker queue."""

    def sweep(self) -> int:
        """Forget what dead consumers held, where the broker does not by itself; returns how many copies.

        The ledger has them run again by itself: what is forgotten is never what it waits for.
        """

    def close(self) -> list[Ref]:
        """Close, whatever the state. Returns the copies whose outcome will never be known."""
