"""Another client's script keeps the ledger busy."""

import time
from contextlib import suppress
from typing import Any, Final

import redis

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.ledger_fault import LedgerFault

_THRESHOLD: Final = "busy-reply-threshold"
_SOON: Final = 100
"""Milliseconds of a script after which the server answers BUSY; 5 s by default, longer than a fault lasts."""
_SCRIPT: Final = """
local function now()
  local time = redis.call('TIME')
  return time[1] + time[2] / 1000000
end
local until_ = now() + ARGV[1]
while now() < until_ do end
"""
_MOMENT: Final = 0.1
"""Seconds in which a script that was killed has usually ended."""
_BEYOND: Final = 30.0
"""Seconds after its time at which it ends by itself, where time goes on within a script."""


class LedgerBusy(LedgerFault):
    """A script without an end: nothing else is done, and after a while everybody is told BUSY."""

    name = "ledger-busy"
    summary = "another client's script runs and runs: the ledger answers BUSY"

    def look(self, server: Any) -> dict[str, str]:
        """When it says so otherwise."""
        return {_THRESHOLD: str(server.config_get(_THRESHOLD)[_THRESHOLD])}

    def spoil(self, server: Any, active_fault: ActiveFault) -> None:
        """Send the script, and wait for no answer."""
        server.config_set(_THRESHOLD, _SOON)
        connection = server.connection_pool.get_connection()
        connection.send_command("EVAL", _SCRIPT, 0, active_fault.seconds + _BEYOND)
        connection.disconnect()

    def undo(self, server: Any, active_fault: ActiveFault) -> None:
        """End it, as an operator does. Raises BUSY while it has not ended: then it is to be called again."""
        with suppress(redis.ResponseError):  # NOTBUSY
            server.script_kill()
            time.sleep(_MOMENT)
        if former := active_fault.former.get(_THRESHOLD):
            server.config_set(_THRESHOLD, former)
