"""Attempts to sign in: whoever fails often waits, so that keys that people chose are not found by trying.

Counted in this process, as quotas are. Rejected: a lock on the key that is tried, since who tries names none.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from typing import Final

from longshore_api.errors import TooManyAttempts
from longshore_api.quotas import Bucket

_AT_ONCE: Final = 10
"""Failures of a peer that are not slowed."""
_RATE: Final = 1 / 6
"""Failures of a peer after those, 1/s."""
_ALL_AT_ONCE: Final = 100
_ALL_RATE: Final = 10.0
"""The same of all peers together: who has many addresses gains little by it."""
_PEERS: Final = 10_000
"""Peers that are remembered; the one that tried longest ago is forgotten first."""


class Attempts:
    """One a process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = Bucket(_ALL_RATE, clock, _ALL_AT_ONCE)
        self._of = OrderedDict[str, Bucket]()

    @contextmanager
    def attempt(self, peer: str) -> Iterator[Callable[[], None]]:
        """Let `peer` try once, or raise TooManyAttempts. It has failed if what this gives is not called.

        Counted before it is known how it ends, or a thousand could be tried at once.
        """
        buckets = (self._all, self._bucket(peer))
        wait = max(bucket.wait() for bucket in buckets)
        if wait:
            error = TooManyAttempts()
            error.retry_after = max(1, math.ceil(wait))
            raise error
        for bucket in buckets:
            bucket.take(1)
        failed = True

        def spare() -> None:
            nonlocal failed
            failed = False

        try:
            yield spare
        except BaseException:
            failed = False  # Nothing was found out: the ledger is away.
            raise
        finally:
            if not failed:
                for bucket in buckets:
                    bucket.take(-1)

    def __len__(self) -> int:
        return len(self._of)

    def _bucket(self, peer: str) -> Bucket:
        peer = _network(peer)
        if peer not in self._of:
            self._of[peer] = Bucket(_RATE, self._clock, _AT_ONCE)
        self._of.move_to_end(peer)
        if len(self._of) > _PEERS:
            self._of.popitem(last=False)
        return self._of[peer]


def _network(peer: str) -> str:
    """The peer; of IPv6, its network: a customer is given 2^64 addresses."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    return peer if address.version == 4 else str(ip_network((address, 64), strict=False))
