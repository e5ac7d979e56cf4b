"""What holds for every task and batch at every moment, whatever has happened to the ledger.

The promises rest on one question: who will bring this task on? A task that waits is planned in exactly one
place, one that is queued is counted among the copies outstanding (a broker that loses them is noticed by
that), and one that runs is held by a worker that the reconciler watches.
"""

from collections.abc import Iterator

import msgspec

from longshore.states import TERMINAL, WAITING, BatchState, State


class TaskFacts(msgspec.Struct, frozen=True):
    """A task and where it lies, all of one moment."""

    id: str
    record: dict[str, str]
    """Its fields; none where there is no record, or none that can be read."""
    batch: dict[str, str]
    """Of the record of its batch."""
    cells: dict[str, str]
    """Its stamps in cells of its queue and name, by `state:queue:name`, behind which chunks have `:chunk`."""
    indexed: bool
    """It is a member of the index that was asked about."""
    ready: bool
    lease: bool
    out: bool
    due: bool
    held: bool
    """It is among those that its holder runs."""
    watched: bool
    """Its holder is a worker that is reaped if it dies."""
    heard: bool
    """Its holder is told that it is doubted."""
    walked: bool
    """Its batch has chunks left to be made ready or revoked."""
    gone: bool
    """Its batch is being forgotten."""
    damaged: bool
    """It is noted as damaged, or its batch is."""

    @property
    def state(self) -> str:
        """The state, "" where there is no record."""
        return self.record.get("st", "")

    @property
    def unfinished(self) -> bool:
        """Whether it counts for the key that submitted it."""
        return self.state not in TERMINAL and bool(self.record)

    @property
    def cell(self) -> str:
        """The only cell that it may be in."""
        kind = ":chunk" if "b" in self.record else ""
        return f"{self.state}:{self.record.get('q', '')}:{self.record.get('n', '')}{kind}"

    @property
    def holder(self) -> str:
        """The worker that runs it, "" where it does not run."""
        return self.record.get("k", "").partition(".")[0] if self.state == State.STARTED else ""


class BatchFacts(msgspec.Struct, frozen=True):
    """A batch and some chunks of its file, all of one moment."""

    record: dict[str, str]
    lines: int
    """Lines that the chunks were made of."""
    kinds: dict[str, int]
    """How many recorded lines begin with each character: `!` failed, `?` is to be corrected."""
    damaged: bool
    upload: bool
    live: bool


def flaws_of_task(facts: TaskFacts) -> Iterator[str]:
    """What of a record and the indexes does not fit together, and what should be."""
    if not facts.record:
        yield "its key holds no record"
        return
    if facts.state not in list(State) or not {"n", "q", "c"} <= facts.record.keys():
        yield f"its record lacks a state, task, queue or stamp: {dict(sorted(facts.record.items()))}"
        return
    if list(facts.cells) != [facts.cell]:
        yield f"is in the cells {sorted(facts.cells)}, should be in {facts.cell}"
    for cell, stamp in facts.cells.items():
        if float(stamp) != float(facts.record["c"]):
            yield f"is stamped {float(stamp):.0f} in {cell}, should be {facts.record['c']}"
    yield from _flaws_of_plans(facts)
    if facts.holder and not facts.held:
        yield f"should be among what {facts.holder} runs"
    if facts.holder and not facts.watched:
        yield f"is held by {facts.holder}, which should be among the workers"
    revoked = facts.batch.get("st") == BatchState.REVOKED and not _is_to_be_revoked(facts)
    if revoked and facts.unfinished and facts.state != State.STARTED:
        yield f"is {facts.state}, should be REVOKED like its batch"
    if facts.batch.get("st") == BatchState.DONE and facts.unfinished:
        yield f"is {facts.state}, should have ended before its batch was DONE"


def flaws_of_member(index: str, facts: TaskFacts) -> Iterator[str]:
    """Why a member of an index should not be there. `index` is its key without the prefix."""
    kind, _, of = index.partition(":")
    if not facts.record:
        yield f"is in {index}, should not be: there is no such task"
    elif kind == "c" and of != facts.cell:
        yield f"is in {index}, should be in c:{facts.cell}"
    elif kind in {"ready", "lease", "out"} and of != facts.record.get("q"):
        yield f"is in {index}, should not be: its queue is {facts.record.get('q')}"
    elif kind == "run" and of != facts.holder:
        yield f"is in {index}, should not be: it is {facts.state}, held by {facts.holder or 'nobody'}"
    elif kind == "cancel" and (of != facts.holder or "x" not in facts.record):
        yield f"is in {index}, should not be: that worker does not run it, or nobody cancelled it"
    elif index == "doubt" and not facts.heard:
        yield "is in doubt, should be among the doubts that its holder is told, too"


def flaws_of_batch(facts: BatchFacts) -> Iterator[str]:
    """What of a batch, whose chunks were all looked at, does not fit together."""
    try:
        state = BatchState(facts.record["st"])
        total, done, failed = (int(facts.record[name]) for name in ("total", "done", "failed"))
    except (KeyError, ValueError):
        yield f"its record lacks a state or a number: {dict(sorted(facts.record.items()))}"
        return
    for name in ("from_file", "walk"):
        if not facts.record.get(name, "0").isdecimal():
            yield f"its {name} is {facts.record[name]!r}, should be a number"
    recorded = sum(facts.kinds.values()) - facts.kinds.get("?", 0)
    if (done, failed) != (recorded, facts.kinds.get("!", 0)):
        yield f"{done} lines done, {failed} failed; should be {recorded} and {facts.kinds.get('!', 0)}"
    if total != facts.lines:
        yield f"has {total} lines, should have the {facts.lines} of its chunks"
    if not 0 <= failed <= done <= total:
        yield f"{failed} failed of {done} done of {total} lines"
    if state in {BatchState.RUNNING, BatchState.DONE} and (state == BatchState.DONE) != (done == total):
        yield f"is {state} with {done} of {total} lines done"
    if (state == BatchState.OPEN) != facts.upload:
        yield f"is {state}, should {'' if state == BatchState.OPEN else 'not '}be among the uploads"
    unended = state in {BatchState.OPEN, BatchState.RUNNING}
    if unended != facts.live:
        yield f"is {state}, should {'' if unended else 'not '}be among those alive"


def _flaws_of_plans(facts: TaskFacts) -> Iterator[str]:
    """It is planned once where it waits, counted where a copy of it is out, and nowhere afterwards."""
    places = {"ready": facts.ready, "due": facts.due, "lease": facts.lease}
    planned = [place for place, there in places.items() if there]
    ways = len(planned) + _is_to_be_walked(facts)
    if facts.lease and not facts.out:
        yield "is leased, should be outstanding, too"
    if facts.state in WAITING and ways != 1 and not (_is_to_be_revoked(facts) or facts.gone):
        yield f"is {facts.state} and planned in {planned}, should be in one place"
    if facts.state == State.QUEUED and (planned or not facts.out):
        yield f"is QUEUED, planned in {planned}, outstanding: {facts.out}; should be outstanding only"
    if facts.state == State.STARTED and (planned or facts.out):
        yield f"is STARTED, planned in {planned}, outstanding: {facts.out}; should be neither"
    if facts.state in TERMINAL and (facts.ready or facts.due):
        yield f"is {facts.state}, planned in {planned}, should not be"


def _is_to_be_walked(facts: TaskFacts) -> bool:
    """Whether it is a chunk that closing its batch still has to visit."""
    if facts.batch.get("st") == BatchState.OPEN:
        return True
    ahead = facts.walked and _is_ahead(facts) and facts.batch.get("st") == BatchState.RUNNING
    return ahead and _number(facts) < _whole(facts.batch.get("from_file", ""))


def _is_to_be_revoked(facts: TaskFacts) -> bool:
    cancelled = facts.batch.get("st") == BatchState.REVOKED or "x" in facts.batch
    return cancelled and facts.walked and _is_ahead(facts)


def _is_ahead(facts: TaskFacts) -> bool:
    return _number(facts) >= _whole(facts.batch.get("walk", ""))


def _number(facts: TaskFacts) -> int:
    return _whole(facts.id.rpartition(".")[2])


def _whole(text: str) -> int:
    """0 for what is no number; of a batch that is an inconsistency of its own."""
    return int(text) if text.isdecimal() else 0
