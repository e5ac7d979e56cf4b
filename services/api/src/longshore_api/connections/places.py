"""Who gets a place when there are more connections than places.

A connection that waits for its client (to begin a request, to end its headers, to send a body that needs no
key) goes when somebody else needs its place: the oldest one of the peer that holds the most of them. So who
opens thousands of connections and sends nothing takes them from himself. What is being answered stays.

Rejected: a fixed number of places a peer. Behind a proxy everybody is one peer.
"""

from collections import OrderedDict
from typing import Final

from longshore_api.connections.connection import Connection

PLACES: Final = 2000
"""Connections at a time."""
FOR_PROBES: Final = 100
"""Connections besides, on which nothing but probes is answered."""


class Places:
    """All connections of the process."""

    def __init__(self, most: int = PLACES) -> None:
        self._most = most
        self._taken = 0
        self._can_go: dict[str, OrderedDict[Connection, None]] = {}

    def enter(self, connection: Connection) -> None:
        """A new connection, for which another one may have to go; else it is one for probes only."""
        self._taken += 1
        if self._taken > self._most:
            connection.for_probes_only = not self._make_room()
        self.may_go(connection)

    def may_go(self, connection: Connection) -> None:
        """It waits for its client now."""
        self._can_go.setdefault(connection.peer, OrderedDict())[connection] = None

    def stays(self, connection: Connection) -> None:
        """It is being served now."""
        of_peer = self._can_go.get(connection.peer)
        if of_peer is not None:
            of_peer.pop(connection, None)
            if not of_peer:
                del self._can_go[connection.peer]

    def leave(self, connection: Connection) -> None:
        """It is closed."""
        self.stays(connection)
        self._taken -= 1

    def _make_room(self) -> bool:
        if not self._can_go:
            return False
        peer = max(self._can_go, key=lambda peer: len(self._can_go[peer]))
        oldest = next(iter(self._can_go[peer]))
        self.stays(oldest)
        oldest.cut()
        return True
