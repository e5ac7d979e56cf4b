"""Celery's remote control, for looking only.

Its commands that change something would go round the ledger: a `revoke` that Flower sends is forgotten with
the worker, a `shutdown` drains nothing. Cancel and stop by way of Longshore.
"""

from typing import Any, Final

from celery.worker.control import Panel

_HARMLESS: Final = {"enable_events", "disable_events", "heartbeat"}


def look_only() -> None:
    """Leave the commands that Flower and `celery inspect` look with."""
    panel: Any = Panel
    for name, command in panel.meta.items():
        if command.type == "control" and name not in _HARMLESS:
            panel.data.pop(name, None)
            panel.data.pop(command.alias, None)
