"""Faults of the ledger's server that another client causes: it lives, and answers with errors."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import redis
from msgspec.structs import replace

from longshore_loadtest.faults.fault import ActiveFault, Fault
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Target

_PATIENCE = 5.0


class LedgerFault(Fault):
    """Done over a connection of ours, as a user that may administer the server."""

    places = ("redis",)

    def lacks(self, target: Target, place: str) -> str | None:
        """The ledger has to be reached, by such a user."""
        del place
        try:
            return target.lacks("disrupt", "redis") or (target.ledger() and None)
        except Impossible as reason:
            return str(reason)

    def prepared(self, target: Target, active_fault: ActiveFault, chance: Random) -> ActiveFault:
        """With what the server is like now."""
        del chance
        with _connected(target) as server:
            return replace(active_fault, former=self.look(server))

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Break it."""
        with _connected(target) as server:
            self.spoil(server, active_fault)

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Undo it."""
        with _connected(target) as server:
            self.undo(server, active_fault)

    def look(self, server: Any) -> dict[str, str]:
        """What `undo` will need. Raises Impossible."""
        del server
        return {}

    @abstractmethod
    def spoil(self, server: Any, active_fault: ActiveFault) -> None:
        """Break it. `server` is a redis.Redis."""

    @abstractmethod
    def undo(self, server: Any, active_fault: ActiveFault) -> None:
        """Undo it, as often as asked, done or not."""


@contextmanager
def _connected(target: Target) -> Iterator[Any]:
    server = redis.Redis.from_url(
        target.ledger(),
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        decode_responses=True,
    )
    try:
        yield server
    except redis.RedisError as error:
        raise Impossible(f"the ledger: {error}") from error
    finally:
        server.close()
