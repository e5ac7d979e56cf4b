"""The ledger: what Longshore knows of every task, in Redis or Valkey.

Every change of a state is one atomic script (`lua/`). The parts are in files of their own, by who uses them.
"""

from collections.abc import Mapping
from typing import Self

from longshore.settings import Settings
from longshore_ledger.audit import Audit
from longshore_ledger.batches import Batches
from longshore_ledger.catalogue import PublishedCatalogue
from longshore_ledger.connection import Connection
from longshore_ledger.control import Control
from longshore_ledger.demand import Demand
from longshore_ledger.events import Events
from longshore_ledger.explanations import Explanations
from longshore_ledger.history import History
from longshore_ledger.intake import Intake
from longshore_ledger.keys import Keys
from longshore_ledger.maintenance import Maintenance
from longshore_ledger.metrics import Metrics
from longshore_ledger.outbox import Outbox
from longshore_ledger.runs import Runs
from longshore_ledger.sessions import Sessions
from longshore_ledger.views import Views

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
        self.audit = Audit(connection)
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
