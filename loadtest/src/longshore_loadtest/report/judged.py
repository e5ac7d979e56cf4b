"""The verdict in words that somebody understands who knows nothing of it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from longshore_loadtest.history.reader import History
from longshore_loadtest.history.record import encode
from longshore_loadtest.report.figures import Breach, Judgement, Promise, Quote, Spell
from longshore_loadtest.report.words import duration, listed, many, number
from longshore_loadtest.verify import Finding, Verdict

_TOTALS: Final = (
    *("attempted", "acknowledged", "unknown", "refused", "ok", "cancelled", "failed"),
    *("lost", "unexpected", "duplicated", "wrong", "batches", "lines"),
)
_BREACHES: Final = 25
"""Of each promise: with the first ones one begins to look, whatever there are."""
_NAMED: Final = 5
"""Kinds of faults that are named in a sentence."""
_QUOTES: Final = 300
_LONG: Final = 1500
"""Characters of a line; a result may have a million."""


def judgement(verdict: Verdict, history: History, faults: Sequence[Spell], seconds: float) -> Judgement:
    """What the verdict says, with the lines it rests on."""
    promises = [_promise(finding) for finding in verdict.findings]
    cited = [line for promise in promises for breach in promise.breaches for line in breach.lines]
    return Judgement(
        holds=verdict.holds,
        headline=_headline(promises),
        says=list(_says(verdict, promises, faults, seconds)),
        promises=promises,
        notes=[_sentence(note) for note in verdict.notes],
        quotes=_quotes(history, cited),
    )


def totals(verdict: Verdict) -> Mapping[str, int]:
    """What is counted, by the verdict's own names."""
    return {name: getattr(verdict, name) for name in _TOTALS}


def _headline(promises: Sequence[Promise]) -> str:
    broken = [promise for promise in promises if promise.broken]
    if not broken:
        all_told = all(promise.looked_at for promise in promises)
        return "Every promise was kept." if all_told else "Every promise that could be judged was kept."
    kept = len(promises) - len(broken)
    return f"{many(len(broken), 'promise was', 'promises were')} broken, {number(kept)} kept."


def _says(
    verdict: Verdict, promises: Sequence[Promise], faults: Sequence[Spell], seconds: float
) -> Iterable[str]:
    said = f"In {duration(seconds)}, {many(verdict.attempted, 'task')} were submitted"
    said += f", and {number(verdict.acknowledged)} of them acknowledged"
    if verdict.batches:
        said += (
            f", and {many(verdict.batches, 'file')} accepted, of which {many(verdict.lines, 'line')} are done"
        )
    yield f"{said}."
    if verdict.lost:
        yield f"{many(verdict.lost, 'acknowledged task was', 'acknowledged tasks were')} lost."
    kept = {promise.name for promise in promises if promise.looked_at and not promise.broken}
    if "lost" in kept:
        right = ", with the right result" if "wrong" in kept else ""
        once = ", and one completion was recorded for each run" if "duplicated" in kept else ""
        yield f"Each acknowledged task came to its right end{right}{once}."
    if verdict.refused:
        yield f"{many(verdict.refused, 'task was', 'tasks were')} refused, and told so."
    if verdict.unknown:
        yield f"Of {many(verdict.unknown, 'task')} nobody knows whether they were accepted: either is fine."
    yield _faults(faults)
    if silent := [
        promise.title.rstrip(".").lower() for promise in promises if not (promise.looked_at or promise.broken)
    ]:
        yield f"The history says nothing about {many(len(silent), 'promise')}: {'; '.join(silent)}."


def _faults(faults: Sequence[Spell]) -> str:
    done = [fault for fault in faults if fault.done]
    if not done:
        return "Nothing was broken on purpose."
    names = sorted({fault.name for fault in done})
    said = f"Meanwhile {many(len(done), 'fault was', 'faults were')} made on purpose"
    said += f": {listed(names)}." if len(names) <= _NAMED else f", of {len(names)} kinds."
    if any(fault.healed is None for fault in done):
        said += " Not all was seen to be whole again."
    took = [fault.flowed for fault in done if fault.flowed is not None]
    never = sum(fault.pause is None for fault in done)
    if took:
        said += f" Once healed, work flowed again within {duration(max(took))} at the latest."
    if never:
        said += f" After {number(never)} of them nothing was done any more until the run ended."
    return said


def _promise(finding: Finding) -> Promise:
    return Promise(
        name=finding.name,
        title=finding.promise,
        looked_at=finding.looked_at,
        broken=len(finding.problems),
        breaches=[
            Breach(id=problem.id, says=problem.says, lines=list(dict.fromkeys(problem.lines)))
            for problem in islice(finding.problems, _BREACHES)
        ],
    )


def _quotes(history: History, cited: Iterable[str]) -> list[Quote]:
    wanted = set(islice(dict.fromkeys(cited), _QUOTES))
    if not wanted:
        return []
    found = []
    for entry in history.entries:
        if entry.where in wanted:
            text = encode(entry.line).decode()
            found.append(Quote(where=entry.where, text=text if len(text) <= _LONG else f"{text[:_LONG]} …"))
    return found


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}{'' if note.endswith('.') else '.'}"
