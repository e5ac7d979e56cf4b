"""The shapes of a report. HTML, Markdown and JSON say these, and a later run is compared with them."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field


class Breach(Struct, frozen=True, kw_only=True):
    """A promise that was not kept for one task, batch or watcher."""

    id: str
    says: str
    lines: list[str] = field(default_factory=list)
    """Where the history says so: `history.ndjson:17`."""


class Promise(Struct, frozen=True, kw_only=True):
    """One check of the verdict."""

    name: str
    title: str
    """What is promised, as a sentence."""
    looked_at: int
    """On how many it rests. 0: the history does not tell."""
    broken: int = 0
    """How many breaches there are; `breaches` are the first of them."""
    breaches: list[Breach] = field(default_factory=list)


class Quote(Struct, frozen=True, kw_only=True):
    """A line of the history, as it is there."""

    where: str
    text: str


class Judgement(Struct, frozen=True, kw_only=True):
    """The verdict."""

    holds: bool
    headline: str
    says: list[str]
    """Sentences, for somebody who knows nothing of it."""
    promises: list[Promise]
    notes: list[str]
    """What a reader should know, though no promise is broken by it."""
    quotes: list[Quote]
    """The lines that the breaches rest on."""


class Series(Struct, frozen=True, kw_only=True):
    """A value for each part of the run; None where nothing was seen."""

    name: str
    values: list[float | None]


class Chart(Struct, frozen=True, kw_only=True):
    """What is drawn over time. `unit`: `/s`, `s`, `B`, `cores` or nothing, for what is counted."""

    key: str
    title: str
    unit: str
    says: str
    """What is to be seen, in words."""
    series: list[Series]
    note: str = ""
    form: Literal["lines", "latencies", "steps"] = "lines"


class Spell(Struct, frozen=True, kw_only=True):
    """One fault, from beginning to end. Times in seconds on the run's clock; None: it never came."""

    number: int
    name: str
    target: str
    begun: float
    ended: float | None = None
    healed: float | None = None
    given_up: float | None = None
    """It was not whole in time."""
    skipped: bool = False
    failed: bool = False
    """It could not be begun."""
    detail: str = ""
    pause: float | None = None
    """Seconds, the longest, in which nothing was done, from the fault until work flowed again."""
    flowed: float | None = None
    """Seconds from the healing until the next task was done."""
    drained: float | None = None
    """Seconds from the healing until no more waited than before."""
    kept: float | None = None
    """Share of the tasks done a second that there were before; `Recovery.rate_kept`."""
    where: str = ""
    """Where the history tells that it began."""

    @property
    def done(self) -> bool:
        """Whether it was really done."""
        return not (self.skipped or self.failed)


class Kind(Struct, frozen=True, kw_only=True):
    """All that was done of one fault at one place. Seconds; None: not once known."""

    name: str
    target: str
    times: int
    unhealed: int
    """How many of them nothing tells to be whole again."""
    healed: float | None
    """From the beginning to the healing, at most."""
    pause: float | None
    """The longest that came to an end."""
    flowed: float | None
    """From the healing until work flowed again, at most."""
    flowed_usually: float | None
    """The same, in the middle."""
    stopped: int
    """How many of them no task was done after."""
    kept: float | None
    """The smallest share of the tasks done a second that there were before."""
    kept_usually: float | None = None
    """The same, in the middle."""


class Memory(Struct, frozen=True, kw_only=True):
    """What a copy of a component held, in bytes, and what it gained by the hour of its life."""

    component: str
    first: float
    """On average of those there were; so is `last`."""
    last: float
    most: float
    """That any one of them held."""
    lives: int = 0
    """Copies that were seen for five minutes at least; `gain` rests on these."""
    seconds: float
    """For how long they were watched together, each without its first two minutes."""
    gain: float | None = None
    """Bytes an hour, by least squares around each life's own middle and mean."""
    error: float = 0.0
    """Twice the standard error of it."""
    says: str = ""


class Step(Struct, frozen=True, kw_only=True):
    """One step of a staircase: tasks a second, and seconds."""

    begun: float
    ended: float
    offered: float
    acknowledged: float
    completed: float
    submit: float | None
    """Median."""
    end_to_end: float | None
    """95th percentile."""
    keeps_up: bool


class Knee(Struct, frozen=True, kw_only=True):
    """Where a staircase stops to be kept up with."""

    steps: list[Step]
    highest: float | None
    """Tasks a second of the highest step that was kept up with, and all before it."""
    most: float
    """Tasks a second that were completed in the best step, kept up with or not."""
    limit: str
    """The part that limits, or why that cannot be told."""
    says: str


class Measure(Struct, frozen=True, kw_only=True):
    """One number of the run, and the same of its slices."""

    key: str
    what: str
    unit: str
    value: float
    better: Literal["less", "more"]
    slices: list[float] = field(default_factory=list)
    noise: float | None = None
    """Three times its standard error; None: too few slices to tell."""


class Report(Struct, frozen=True, kw_only=True):
    """All of it."""

    version: int = 1
    run: str
    seed: int
    command: str
    started_at: str
    seconds: float
    environment: Mapping[str, Any]
    settings: Mapping[str, Any]
    verdict: Judgement
    totals: Mapping[str, int]
    edges: list[float]
    """Seconds: where each part of the charts begins, and where the last one ends."""
    charts: list[Chart]
    lanes: list[Series]
    """Workers, and replicas by component."""
    faults: list[Spell]
    kinds: list[Kind]
    """The same by fault and place."""
    executions: Mapping[int, int]
    """How many tasks were run so many times."""
    memory: list[Memory]
    knee: Knee | None
    measures: list[Measure]

    @property
    def done(self) -> list[Spell]:
        """The faults that were really done."""
        return [fault for fault in self.faults if fault.done]


def to_json(report: Report) -> bytes:
    """The report as JSON, to be read by `from_json`, or by anything else."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def from_json(data: bytes) -> Report:
    """Read a report back. Raises msgspec.ValidationError, a ValueError, when it is none."""
    return msgspec.json.decode(data, type=Report)
