"""A run in this worker's hands, from the question whether it may start until its end is on record."""

from enum import Enum, auto

from longshore_worker.dispatch.deliveries import Copy


class StopReason(Enum):
    """Why we are ending a run that did not end by itself."""

    CANCELLED = auto()
    TIMED_OUT = auto()
    DRAINED = auto()


class Run:
    """One run of one task, under one token."""

    __slots__ = (
        "adopted",
        "alone",
        "asked_to_stop_at",
        "attempt",
        "copy",
        "offset",
        "started_at",
        "stop_reason",
        "suspect",
        "timeout",
        "token",
    )

    def __init__(self, copy: Copy, token: str, timeout: float | None) -> None:
        self.copy = copy
        self.token = token
        self.timeout = timeout
        """Seconds that one item of it (the task, or a line of the chunk) may take."""
        self.adopted: list[Copy] = []
        """Further copies of it that arrived meanwhile: they share its end."""
        self.attempt = 1
        self.offset = -1
        self.alone = False
        self.suspect = False
        """A whole worker died while it ran: nothing is begun beside it."""
        self.started_at = 0.0
        """When the ledger said RUN, s of the monotonic clock."""
        self.asked_to_stop_at: float | None = None
        self.stop_reason: StopReason | None = None

    @property
    def id(self) -> str:
        """The task's id."""
        return self.copy.id

    @property
    def is_chunk(self) -> bool:
        """Whether it is lines of a file."""
        return self.offset >= 0

    def __repr__(self) -> str:
        return f"<Run {self.copy.id} {self.token}>"
