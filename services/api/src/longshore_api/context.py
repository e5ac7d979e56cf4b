"""What every request handler needs, made once by `create_app`."""

from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app, g

from longshore.settings import Settings
from longshore_api.auth.attempts import Attempts
from longshore_api.events.hub import Hub
from longshore_api.ledger_link import LedgerLink
from longshore_api.meters import Meters
from longshore_api.queue_names import QueueNames
from longshore_api.quotas import Quotas
from longshore_api.waiting import WaitingRoom
from longshore_ledger import Ledger
from longshore_ledger.keys import Role

EXTENSION: Final = "longshore"


@dataclass(frozen=True, slots=True)
class Api:
    """One API: its settings, the way to its ledger, its meters, those who wait and those who listen."""

    settings: Settings
    link: LedgerLink
    meters: Meters
    tasks_waited_for: WaitingRoom
    batches_waited_for: WaitingRoom
    hub: Hub
    quotas: Quotas
    queues: QueueNames
    attempts: Attempts

    @property
    def ledger(self) -> Ledger:
        """The ledger. Raises LedgerUnavailable while it cannot be reached."""
        return self.link.ledger


def install(app: Flask, made: Api) -> None:
    """Give the app its `Api`."""
    app.extensions[EXTENSION] = made


def api() -> Api:
    """The `Api` of the request that is being handled."""
    return cast("Api", current_app.extensions[EXTENSION])


def caller() -> str:
    """Who asks, for the record: the name of the key, or where no keys are asked for, "anyone"."""
    return keyholder() or "anyone"


def keyholder() -> str | None:
    """The name of the key that asks; None where no keys are asked for."""
    return cast("str | None", g.get("caller"))


def caller_may(role: Role) -> bool:
    """Whether who asks may do what `role` may. Where no keys are asked for, everybody may."""
    own: Role | None = g.get("role")
    return own is None or own.allows(role)
