"""The states of a task and the moves between them: one table, for Python and for Lua alike.

The names are Celery's, plus QUEUED. `ledger/lua/include/record.lua` receives this table when the scripts
are loaded, and `move.lua` beside it refuses every move that is not in it.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a task is."""

    PENDING = "PENDING"
    """Accepted; waits for its time, its queue's pause or room in the broker's window."""
    QUEUED = "QUEUED"
    """The broker has confirmed a copy."""
    STARTED = "STARTED"
    """A worker holds it."""
    RETRY = "RETRY"
    """Failed; waits for its next attempt."""
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    REVOKED = "REVOKED"
    """Cancelled before a result was recorded."""


WAITING: Final = frozenset({State.PENDING, State.RETRY})
"""No copy is known to be in the broker: the relay may claim it."""

TO_BE_STARTED: Final = WAITING | {State.QUEUED}
"""The backlog: accepted, and no worker has it."""

TERMINAL: Final = frozenset({State.SUCCESS, State.FAILURE, State.REVOKED})
"""The run is over; only a recorded retry by hand leaves FAILURE and REVOKED."""

MOVES: Final[dict[State, frozenset[State]]] = {
    State.PENDING: frozenset({State.QUEUED, State.STARTED, State.REVOKED}),
    State.RETRY: frozenset({State.QUEUED, State.STARTED, State.REVOKED}),
    State.QUEUED: frozenset({State.STARTED, State.PENDING, State.REVOKED}),
    State.STARTED: frozenset({State.SUCCESS, State.FAILURE, State.REVOKED, State.RETRY, State.PENDING}),
    State.SUCCESS: frozenset(),
    State.FAILURE: frozenset({State.PENDING}),
    State.REVOKED: frozenset({State.PENDING}),
}
"""Legal moves. PENDING or RETRY may become STARTED: a worker can begin a copy before the broker's
confirm came back to the relay."""


class BatchState(StrEnum):
    """Where a batch is. Its lines are counted, not moved."""

    OPEN = "OPEN"
    """The upload is going on."""
    RUNNING = "RUNNING"
    DONE = "DONE"
    REVOKED = "REVOKED"
