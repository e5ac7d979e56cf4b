"""Histories that are told, not lived: what a right installation would have left behind."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from longshore_loadtest.history.reader import Entry, History, seconds
from longshore_loadtest.history.record import (
    CLOSED,
    OPENED,
    Batch,
    Call,
    Complete,
    Event,
    Gap,
    Header,
    Invoke,
    Line,
    Mark,
    Ok,
    Outcome,
    Record,
)
from longshore_loadtest.marks.answers import LINE, MARK, QUEUE, answer
from longshore_loadtest.marks.files import digest, failed_of, lines_of, output_of

STARTED_AT = "2026-11-21T08:00:00.000000Z"
RUN = "r"
WATCHER = "watcher-1"
_ops = itertools.count(1)


def clock(at: float) -> str:
    """A time of the run as the installation tells it."""
    moment = datetime.fromtimestamp(seconds(STARTED_AT) + at, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def history_of(lines: Iterable[Line], torn: Sequence[str] = (), **settings: Any) -> History:
    """A history of one part, of these lines in the order of time."""
    header = Header(run=RUN, part="main", started_at=STARTED_AT, settings=settings)
    ordered = sorted(lines, key=lambda line: getattr(line, "at", 0.0))
    whole: list[Line] = [header, *ordered]
    entries = [
        Entry(getattr(line, "at", 0.0), line, "history.ndjson", number, 0)
        for number, line in enumerate(whole, 1)
    ]
    return History(header, entries, list(torn))


class Teller:
    """Tells lines one after the other. Each takes a moment of its own."""

    def __init__(self, at: float = 0.0, step: float = 0.01) -> None:
        self.lines: list[Line] = []
        self.at = at
        self._step = step
        self._token = 0

    def now(self) -> float:
        """The next moment."""
        self.at = round(self.at + self._step, 6)
        return self.at

    def ask(self, action: Any, outcome: type[Outcome] | None = Ok, told: Any = None, **asked: Any) -> None:
        """A request and its outcome; None: the client died."""
        invoke, answer = self.request(action, outcome, told, **asked)
        self.lines.append(invoke)
        if answer:
            self.lines.append(answer)

    def request(
        self, action: Any, outcome: type[Outcome] | None = Ok, told: Any = None, **asked: Any
    ) -> tuple[Invoke, Outcome | None]:
        """The same, not told yet."""
        op = next(_ops)
        invoke = Invoke(at=self.now(), op=op, process="p", action=action, **asked)
        fields: dict[str, Any] = {"status": 202} if outcome is Ok else {}
        if outcome is not None and outcome.__name__ == "Info":
            fields["why"] = "no answer"
        return invoke, outcome(at=self.now(), op=op, **{**fields, **(told or {})}) if outcome else None

    def submit(self, *ids: str, task: str = MARK, args: Sequence[Any] = (7, 0), **call: Any) -> None:
        """A submission that is accepted."""
        calls = [Call(id=id, task=task, args=list(args), **call) for id in ids]
        self.ask("submit-bulk" if len(ids) > 1 else "submit", calls=calls)

    def say(self, state: str, id: str, queue: str = QUEUE) -> None:
        """The watcher hears of a state. The event's id is made of the time."""
        at = self.now()
        self.lines.append(
            Event(at=at, process=WATCHER, stream=f"{int(at * 1000)}-0", id=id, state=state, queue=queue)
        )

    def mark(
        self, event: Literal["begun", "ended"], id: str, token: str, value: Any = 7, line: int | None = None
    ) -> None:
        """A mark."""
        self.lines.append(Mark(at=self.now(), event=event, id=id, token=token, value=value, line=line))

    def run(self, id: str, value: int = 7, *, whole: bool = True) -> None:
        """An execution, to its end or not."""
        self._token += 1
        self.mark("begun", id, f"{id}/{self._token}", value)
        if whole:
            self.mark("ended", id, f"{id}/{self._token}", answer(MARK, [value]))

    def record(self, id: str, state: str = "SUCCESS", **more: Any) -> None:
        """What the installation says at the end."""
        given: dict[str, Any] = {
            "task": MARK,
            "queue": QUEUE,
            "result": answer(MARK, [7]) if state == "SUCCESS" else None,
            "deliveries": 1,
            "finished_at": clock(self.at),
        }
        self.lines.append(Record(at=self.now(), id=id, state=state, **{**given, **more}))

    def task(self, id: str, **call: Any) -> None:
        """A task that is accepted, run once and watched."""
        self.submit(id, **call)
        for state in ("PENDING", "QUEUED", "STARTED"):
            self.say(state, id)
        self.run(id)
        self.say("SUCCESS", id)

    def file(self, id: str, count: int, seed: int = 3) -> None:
        """A file that is accepted, run and read back."""
        self.ask("upload", batch=id, task=LINE, lines=count, seed=seed)
        for number, line in enumerate(lines_of(seed, count), 1):
            if len(values := line.split()) == 2:
                self.mark("begun", id, f"{id}/{number}", number, number)
                self.mark("ended", id, f"{id}/{number}", answer(LINE, values), number)
        output = digest(output_of(seed, count))
        failed = failed_of(count)
        self.lines.append(
            Batch(
                at=self.now(), id=id, state="DONE", total=count, done=count, failed=failed, **output._asdict()
            )
        )

    def watch(self) -> None:
        """The watcher begins."""
        self.lines.append(Gap(at=self.now(), process=WATCHER, reason=OPENED))

    def end(self) -> None:
        """All is read back, and later the watcher leaves."""
        self.lines.append(Complete(at=self.now()))
        self.at += 10
        self.lines.append(Gap(at=self.now(), process=WATCHER, reason=CLOSED))


def good() -> list[Line]:
    """Three tasks and a file, done right; one of the tasks was asked for twice."""
    teller = Teller()
    teller.watch()
    for name in ("0", "1", "2"):
        teller.task(f"r-{name}")
    teller.submit("r-0")
    teller.file("r-f", 250)
    for name in ("0", "1", "2"):
        teller.record(f"r-{name}")
    teller.end()
    return teller.lines


def changed(lines: Iterable[Line], kind: type[Line], id: str | None = None, /, **fields: Any) -> list[Line]:
    """The same with fields of the lines of a kind changed, of one task or of all."""
    return [
        msgspec.structs.replace(line, **fields)
        if isinstance(line, kind) and id in (None, getattr(line, "id", None))
        else line
        for line in lines
    ]


def without(lines: Iterable[Line], kind: type[Line], /, **fields: Any) -> list[Line]:
    """The same without the lines of a kind that have these fields."""
    return [
        line
        for line in lines
        if not (
            isinstance(line, kind) and all(getattr(line, name) == value for name, value in fields.items())
        )
    ]
