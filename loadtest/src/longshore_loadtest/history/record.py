"""What a history is made of: one line of JSON each, told apart by `kind`.

`at` is in seconds on the run's clock: the writer's monotonic one, 0 at its header's `started_at`. Ids of
tasks and batches begin with `<run>-`, so that what others do on the same installation is not taken for ours.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, field

Action = Literal["submit", "submit-bulk", "upload", "cancel", "retry", "pause", "resume", "drain", "read"]
Phase = Literal["begun", "ended", "healed", "given-up", "failed", "skipped"]

OPENED: Final = "opened"
"""Reason of the gap with which a watcher begins: it knows nothing of what was before."""
CLOSED: Final = "closed"
"""Reason of the gap with which it ends."""


class _Line(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag=str.lower):
    """A line. Fields that have their default are not written."""


class Header(_Line, frozen=True, kw_only=True):
    """The first line of a part; a writer that was started again writes another one into the same file."""

    run: str
    started_at: str
    """RFC 3339 with microseconds: the wall clock where `at` is 0."""
    part: str = ""
    """Who writes: `main` (its clock is the run's, and it alone tells what follows), `marks`, `locust-3`."""
    seed: int = 0
    command: str = ""
    environment: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    """How it was run. The verdict looks at the installation's LONGSHORE_WINDOW (`window`) and, where it is
    short, LONGSHORE_RETENTION_SECONDS (`retention`).
    """


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One task that is submitted."""

    id: str
    task: str
    args: list[Any]
    priority: int = 4
    delay: float = 0.0
    """Seconds from the submission until it may begin."""
    retries: int | None = None
    """None: the task's own number."""


class Invoke(_Line, frozen=True, kw_only=True):
    """A client is about to ask for something."""

    at: float
    op: int
    """Counts the operations of one part; the lines that tell the outcome have the same one."""
    process: str
    """The user that asks: one at a time, as Jepsen's processes do."""
    action: Action
    due: float | None = None
    """When it was to be asked, by the schedule of arrivals; latency counts from here."""
    calls: list[Call] = field(default_factory=list)
    """What is submitted, one or in bulk."""
    ids: list[str] = field(default_factory=list)
    """Tasks that are cancelled, retried or read."""
    batch: str | None = None
    """The batch that is uploaded, cancelled, retried or read."""
    task: str | None = None
    """Of an upload: the task that each line calls."""
    lines: int = 0
    """Of an upload: how many."""
    seed: int = 0
    """Of an upload: what `marks.files` makes the file from, and the output that is to come of it."""
    queue: str | None = None
    """The queue that is paused, resumed or submitted to; the worker that is drained."""

    @property
    def tasks(self) -> list[str]:
        """Ids of the tasks it is about."""
        return [call.id for call in self.calls] or self.ids


class Ok(_Line, frozen=True, kw_only=True):
    """It was done, and the answer says so."""

    at: float
    op: int
    status: int
    ids: list[str] | None = None
    """Of a bulk: those that were accepted, now or before. None: all that were asked for."""
    states: Mapping[str, str] = field(default_factory=dict)
    """Of a read: the state each task was in; absent those that were not there."""
    results: Mapping[str, Any] = field(default_factory=dict)
    """Of a read: what each task had returned, where it told that."""


class Fail(_Line, frozen=True, kw_only=True):
    """It was certainly not done: refused, or there was nobody to ask."""

    at: float
    op: int
    status: int = 0
    """0: no connection was made. 404 of a read: what was asked for is not there."""
    problem: str = ""


class Info(_Line, frozen=True, kw_only=True):
    """Nobody knows whether it was done: no answer, half of one, or a 5xx that leaves it open."""

    at: float
    op: int
    why: str


class Mark(_Line, frozen=True, kw_only=True):
    """A task began or ended, as the store of marks took it down before it answered."""

    at: float
    event: Literal["begun", "ended"]
    id: str
    """The task's; of a line of a file, the batch's."""
    line: int | None = None
    attempt: int = 1
    delivery: int = 0
    """Which beginning of this task, or line, by the store's count; the end has that of its beginning."""
    token: str = ""
    """Of one execution: a mark that is sent again is written once."""
    pid: int = 0
    host: str = ""
    value: Any = None
    """Begun: the argument; ended: what is about to be returned."""


class Event(_Line, frozen=True, kw_only=True):
    """A watcher heard on /v1/events that a task came into a state."""

    at: float
    process: str
    """The watcher."""
    stream: str
    """The event's own id."""
    id: str
    state: str
    queue: str = ""
    task: str = ""


class Gap(_Line, frozen=True, kw_only=True):
    """From here on a watcher may have missed something before: reset, skipped, OPENED, CLOSED."""

    at: float
    process: str
    reason: str
    filter: Mapping[str, str] = field(default_factory=dict)
    """With OPENED: what it asked for (`queue`, `task`, `id`, `batch`, `state`). Empty: everything."""


class Record(_Line, frozen=True, kw_only=True):
    """What the installation says of a task when all is over."""

    at: float
    id: str
    state: str
    task: str = ""
    queue: str = ""
    priority: int = 4
    args: Any = None
    result: Any = None
    error: str | None = None
    """`Type: message`."""
    attempt: int = 1
    deliveries: int = 0
    crashes: int = 0
    batch: str | None = None
    submitted_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None


class Batch(_Line, frozen=True, kw_only=True):
    """What it says of a batch, and what its output was; `marks.files.digest` makes the last three."""

    at: float
    id: str
    state: str
    total: int = 0
    done: int = 0
    failed: int = 0
    lines: int = 0
    """Of the output."""
    sha256: str = ""
    """Of the whole output, hexadecimal."""
    pieces: list[str] = field(default_factory=list)
    """The same of each hundred lines, eight characters: they tell where it differs."""


class Fault(_Line, frozen=True, kw_only=True):
    """Something is broken on purpose, or made whole again."""

    at: float
    name: str
    target: str
    phase: Phase
    """begun, then ended when it is no longer done, then healed when what was broken is there again.

    given-up instead of healed: it was not there in time. failed, after begun: it could not be begun, and what
    was done of it is undone. skipped: it was not tried.
    """
    detail: str = ""


class Sample(_Line, frozen=True, kw_only=True):
    """The whole at one moment. Latencies in seconds, memory in bytes, processor in cores."""

    at: float
    states: Mapping[str, int] = field(default_factory=dict)
    backlog: int = 0
    workers: int = 0
    replicas: Mapping[str, int] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    """A second: submitted, succeeded, failed."""
    latencies: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By what was timed (`end to end`, `queue wait`): p50, p95, p99."""
    memory: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By component and copy; a copy that was started again is another one."""
    processor: Mapping[str, float] = field(default_factory=dict)
    """By component, all copies together: how many cores they kept busy since the look before."""


class Complete(_Line, frozen=True, kw_only=True):
    """The installation was read back to the last page; without it, nothing is missed that is not there."""

    at: float
    records: int = 0
    batches: int = 0


Line = Header | Invoke | Ok | Fail | Info | Mark | Event | Gap | Record | Batch | Fault | Sample | Complete
Outcome = Ok | Fail | Info

encode: Final = msgspec.json.Encoder().encode
decode: Final = msgspec.json.Decoder(Line).decode


def task_id(run: str, name: str) -> str:
    """Id of a task or a batch of this run; `name` is anything that is unique in it."""
    return f"{run}-{name}"
