"""What the API answers, as a client reads it: times are datetimes in UTC."""

from datetime import datetime

from longshore import api_types


class Task(api_types.Task[datetime], frozen=True):
    """A task as the ledger has it."""


class Moment(api_types.Moment[datetime], frozen=True):
    """Something that happened to a task."""


class Batch(api_types.Batch[datetime], frozen=True):
    """A file of calls. `total`, `done` and `failed` count lines; `done` counts the failed ones too."""


class Queue(api_types.Queue[datetime], frozen=True):
    """A queue: its tasks by state, and what holds it."""


class Worker(api_types.Worker[datetime], frozen=True):
    """A worker as it last described itself."""
