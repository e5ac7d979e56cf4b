"""What was asked for, with every default settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from longshore_loadtest.settings import Settings
from longshore_loadtest.targets.target import Address


@dataclass(frozen=True)
class Breaking:
    """Faults during the load."""

    names: Sequence[str] = ()
    """Patterns, as `faults.choices` reads them; without, all that can be done there."""
    replay: Path | None = None
    """Folder of an earlier run, whose faults are to come again; the times below are not asked then."""
    interval: float = 10.0
    """Seconds between the end of one fault and the next, on average."""
    duration: float = 3.0
    """Seconds that a fault lasts, on average."""
    minimum_age: float = 3.0
    """A process or pod younger than this many seconds is spared."""
    select: str = "*"
    """Only processes or pods whose names match this pattern are hit."""


@dataclass(frozen=True)
class Plan:
    """One run."""

    settings: Settings
    command: str
    own_system: int | None = None
    """Tasks at a time of a `longshore up` that is started for this run; None: the one at `settings.url`."""
    address: Address | None = None
    """What is broken and looked at beside the API; None: nothing."""
    breaking: Breaking | None = None
    marks_host: str = "127.0.0.1"
    marks_port: int = 0
    processes: int = 1
    workers: int = 0
    listen: str = "127.0.0.1"
    """The address that workers connect to."""
    web: int | None = None
    settle: float = 120.0
    """Seconds that what was accepted may take to end when the load is over."""
    window: int = 1000
    """The scheduler's LONGSHORE_WINDOW."""
    retention: float | None = None
    """Its LONGSHORE_RETENTION_SECONDS; None: nothing is forgotten while the run lasts."""
