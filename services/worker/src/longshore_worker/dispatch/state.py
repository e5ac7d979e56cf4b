"""What this worker holds: the one thing that its parts share.

Written in the loop's thread alone; the reporter's thread reads it.
"""

from collections import deque
from dataclasses import dataclass, field

from longshore_worker.dispatch.deliveries import Inbox
from longshore_worker.dispatch.job import Job
from longshore_worker.dispatch.run import Run
from longshore_worker.dispatch.runtime_estimates import RuntimeEstimates


@dataclass(slots=True)
class State:
    """Plain data; what it means is with the parts that write it."""

    worker: str
    """The worker's id."""
    inbox: Inbox | None = None
    """Of the connection to the broker; None while there is none."""
    held: dict[str, Run] = field(default_factory=dict)
    """By task id: asked about, waiting, in a job, or ended and not recorded yet."""
    waiting: deque[Run] = field(default_factory=deque)
    """Runs that are started and have no child."""
    jobs: dict[int, Job] = field(default_factory=dict)
    """In flight, by their serial number."""
    stalled_since: dict[int, float] = field(default_factory=dict)
    """By a job's serial number: since when its child takes no jobs, s of the monotonic clock."""
    draining: bool = False
    ledger_away: bool = False
    estimates: RuntimeEstimates = field(default_factory=RuntimeEstimates)
    """Run times by task."""
    queue_estimates: RuntimeEstimates = field(default_factory=RuntimeEstimates)
    """Run times by queue, whatever the tasks."""
