"""What goes into the ledger and what comes out of it."""

import secrets
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from hashlib import blake2b
from typing import Final, Literal


class Admission(IntEnum):
    """What became of a submission."""

    NEW = 0
    REPEATED = 1
    """The same id with the same payload is there already."""
    CONFLICT = 2
    """The same id with another payload is there already."""
    CANCELLED = 3
    """A batch of this id and payload was cancelled: it will not run."""
    TOO_MANY = 4
    """It is new, and its submitter has as many unfinished tasks as it may."""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who submits."""

    key: str = ""
    """The name of its key; empty where no keys are asked for."""
    most: int = 0
    """How many of its tasks may be unfinished; 0 is any number."""


NOBODY: Final = Submitter()
"""Where no keys are asked for, nothing is recorded and nothing counted."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to accept. `args` is the JSON list or object as it was sent."""

    id: str
    task: str
    queue: str
    args: bytes
    digest: bytes
    """8 bytes that tell the payload from another one under the same id: see `payload_digest`."""
    priority: int = 4
    delay: float | None = None
    """Seconds from now; instead of `due`."""
    due: float | None = None
    """Seconds since 1970."""
    retries: int = 0
    backoff: float = 2.0
    """Seconds before the first retry; doubled for each further one."""
    timeout: float | None = None
    """Seconds a run may take."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A task leased to the relay, to be published."""

    id: str
    run: str
    task: str
    args: bytes
    priority: int
    timeout: float | None
    chunk: bool


class Verdict(IntEnum):
    """What a worker is to do with a copy."""

    RUN = 1
    DROP = 0
    """Finished, cancelled, paused, another's, or of another run: acknowledge it and forget it."""
    PARK = -1
    """The ledger does not know it."""
    WAIT = 2
    """It may not run beside what this worker runs or was asked about before it: keep it, and ask again."""


@dataclass(frozen=True, slots=True)
class StartAsk:
    """A copy in a worker's hands. `token` is chosen by the worker: see `new_worker_id`."""

    id: str
    run: str
    token: str


@dataclass(frozen=True, slots=True)
class StartAnswer:
    """Whether a copy may run, and how."""

    verdict: Verdict
    attempt: int
    deliveries: int
    offset: int
    """Lines of a chunk that are done; -1 for a plain task."""
    alone: bool
    """It has killed a process: run it in a job of its own, a chunk line by line."""
    suspect: bool = False
    """A whole worker died while it ran: it is run by a worker that runs nothing beside it."""


class Outcome(StrEnum):
    """How a run ended, as its worker saw it."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a run. `value` is JSON: the result, or `{"type", "message", "traceback"}`."""

    id: str
    token: str
    outcome: Outcome
    value: bytes
    runtime_us: int
    retryable: bool = True


@dataclass(frozen=True, slots=True)
class FinishLines:
    """Processed lines of a chunk, in order: b"=text", b"!reason" or b"" for a blank one."""

    id: str
    token: str
    lines: list[bytes]
    failed: int
    runtime_us: int
    crash: bool = False
    """The line after these killed its child: it is blamed, and the rest goes line by line."""


@dataclass(frozen=True, slots=True)
class Release:
    """A task given back. With a `token` if it was started, else with the copy's `run`."""

    id: str
    token: str
    why: str
    run: str = ""
    delay: float = 0.0
    crash: bool = False
    """Its child died while it was begun: this is what the cap on crashes counts."""


@dataclass(frozen=True, slots=True)
class BeatAnswer:
    """What a worker hears when it beats."""

    cancelled: list[str]
    doubted: list[str]
    running: list[str]
    """What it runs as far as the ledger knows."""
    drain: bool = False
    """Somebody asks it to stop; said with every beat from then on."""


class CancelAnswer(IntEnum):
    """What became of a request to cancel."""

    REVOKED = 0
    REQUESTED = 1
    FINISHED = 2
    UNKNOWN = 3
    IN_BATCH = 4
    """A chunk of a batch: cancel the batch."""


class RetryAnswer(IntEnum):
    """What became of a request to retry."""

    PENDING = 0
    NOT_FAILED = 1
    UNKNOWN = 2
    IN_BATCH = 3


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A file of lines, each a call of `task`."""

    id: str
    task: str
    queue: str
    digest: bytes
    priority: int = 4
    timeout: float | None = None
    filename: str = ""
    format: Literal["values", "csv"] = "values"
    header: list[str] | None = None
    upload: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    """The token of the upload that fills it: another one of the same id may take the batch over."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines of a file; `first` is the number of the first one, from 1."""

    first: int
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Reaped:
    """What a round of reaping did."""

    released: int
    """Doubted tasks that nobody confirmed."""
    crashes: int
    """Tasks of workers that are taken for dead."""
    in_grace: bool


_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_worker_id() -> str:
    """Eight random letters and digits, chosen at each boot of a worker.

    A worker's tokens are `<worker id>.<counter>`: unique for ever, and the ledger reads the holder off them.
    """
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def payload_digest(payload: bytes) -> bytes:
    """Eight bytes that tell one canonical payload from another."""
    return blake2b(payload, digest_size=8).digest()


def entropy() -> str:
    """What the ids of the runs minted in one call begin with.

    Random, so that none ever comes back, even after the ledger was restored from an older copy: a counter
    kept in the ledger would repeat itself.
    """
    return secrets.token_urlsafe(6)
