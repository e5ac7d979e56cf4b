"""The ledger: what Longshore knows of every task, in Redis or Valkey.

Every change of a state is one atomic script (`lua/`). The parts are in files of their own, by who uses them.
"""

from collections.abc import Mapping
from typing import Self

from longshore.ledger.batches import Batches
from longshore.ledger.catalogue import PublishedCatalogue
from longshore.ledger.connection import Connection
from longshore.ledger.control import Control
from longshore.ledger.demand import Demand
from longshore.ledger.events import Events
from longshore.ledger.explanations import Explanations
from longshore.ledger.history import History
from longshore.ledger.intake import Intake
from longshore.ledger.keys import Keys
from longshore.ledger.maintenance import Maintenance
from longshore.ledger.metrics import Metrics
from longshore.ledger.outbox import Outbox
from longshore.ledger.runs import Runs
from longshore.ledger.sessions import Sessions
from longshore.ledger.views import Views
from longshore.settings import Settings

__all__ = ["Ledger"]


class Ledger:
    """One connection to the ledger and all its parts."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = connection
        self.intake = Intake(connection)
        self.outbox = Outbox(connection, settings.lease_seconds)
        self.runs = Runs(connection, settings)
        self.control = Control(connection, settings.heartbeat_timeout_seconds)
        self.batches = Batches(connection, settings.upload_lease_seconds)
        self.views = Views(connection, settings.heartbeat_timeout_seconds)
        self.explanations = Explanations(connection, self.views)
        self.demand = Demand(connection)
        self.maintenance = Maintenance(connection, settings)
        self.catalogue = PublishedCatalogue(connection)
        self.keys = Keys(connection)
        self.sessions = Sessions(connection)
        self.events = Events(connection)
        self.metrics = Metrics(connection)
        self.history = History(connection, self.metrics, self.views)

    @classmethod
    def open(
        cls,
        url: str,
        settings: Settings | None = None,
        *,
        timeout: float = 5.0,
        replaced: Mapping[str, str] | None = None,
        may_evict: bool = False,
    ) -> Self:
        """Connect, check the server and the schema, load the scripts.

        `timeout` is what an answer may take, s. `replaced` maps scripts or includes to other texts.
        `may_evict` opens a ledger whose maxmemory-policy is not noeviction, to look at it.
        Raises `LedgerUnavailable`, `LedgerTooOld`, `LedgerEvicts`, `SchemaTooNew`.
        """
        settings = settings or Settings()
        connection = Connection(
            url,
            replicas=settings.ledger_replicas,
            timeout=timeout,
            replaced=replaced,
            may_evict=may_evict,
        )
        return cls(connection, settings)

    def close(self) -> None:
        """Close its connections."""
        self.connection.close()
