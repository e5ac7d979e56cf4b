"""The states of a task and the moves between them: one table, for Python and for Lua alike.

The names are Celery's, plus QUEUED. `ledger/lua/include/record.lua` receives this table when the scripts
are loaded, and `move.lua` beside it refuses every move that is not in it.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """The state of a task. The first four may still change by themselves, the last three are ends."""

    PENDING = "PENDING"
    """Accepted; it waits until it is due, its queue is not paused, and the broker's window has room."""
    QUEUED = "QUEUED"
    """The broker has confirmed a copy, and no worker has started it."""
    STARTED = "STARTED"
    """A worker runs it."""
    RETRY = "RETRY"
    """An attempt failed; it waits for the next one."""
    SUCCESS = "SUCCESS"
    """The function returned, and the result is recorded."""
    FAILURE = "FAILURE"
    """The last attempt failed; its error is recorded."""
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
    """The state of a batch. Its lines have no states of their own; they are counted."""

    OPEN = "OPEN"
    """The upload is going on; nothing of it runs yet."""
    RUNNING = "RUNNING"
    """All lines have arrived, and some have not ended."""
    DONE = "DONE"
    """All lines have ended, well or not."""
    REVOKED = "REVOKED"
    """Cancelled, or its upload was given up."""


BATCH_TERMINAL: Final = frozenset({BatchState.DONE, BatchState.REVOKED})
"""Nothing more of it runs, unless its failed lines are retried by hand."""
