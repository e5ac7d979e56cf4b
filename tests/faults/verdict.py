"""The verdict on a history, in Jepsen's words. It looks at nothing but the history.

`python -m tests.faults.verdict build/kill-report/*.history.json` judges saved ones again.
"""

import sys
from collections import Counter
from pathlib import Path

import msgspec

from tests.faults.history import History, Outcome, Record, number_of


class Verdict(msgspec.Struct, frozen=True):
    """What became of the tasks of one run."""

    attempted: int
    """Tasks that a client tried to submit."""
    acknowledged: int
    """Of them, those that got a 202, or a 200 when they were asked again."""
    ok: int
    """Acknowledged, recorded as SUCCESS with the right result, and marked by an execution that ended.

    Of what retention may have forgotten by then, announced as SUCCESS.
    """
    lost: list[str]
    """Acknowledged and not ok."""
    unexpected: list[str]
    """Recorded or executed without having been submitted, or executed again where ends are forgotten."""
    asked_again: int
    """Tasks with an unknown outcome, or a 503, that were submitted again under the same id."""
    refused: int
    """Requests answered 503."""
    duplicated: int
    """Executions beyond the first one of each task."""
    completions: dict[int, int]
    """How many acknowledged tasks had how many completions recorded. One run each, so {1: all} is right."""
    recovered_after: float | None
    """From the end of the fault to the next completion, s. None: there was none, all was done."""
    settled_after: float
    """From the end of the fault to the last completion, s; 0 when that came before."""

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing unexpected, one completion recorded for each run."""
        return not self.lost and not self.unexpected and set(self.completions) <= {1}


def judge(history: History) -> Verdict:
    """Judge a run."""
    attempted = {id for attempt in history.attempts for id in attempt.ids}
    acknowledged = _ids(history, Outcome.ACKNOWLEDGED)
    unanswered = _ids(history, Outcome.UNKNOWN) | _ids(history, Outcome.REFUSED)
    begun = Counter(mark.id for mark in history.marks if mark.event == "begun")
    ended = {mark.id for mark in history.marks if mark.event == "ended"}
    forgotten = _may_be_forgotten(history) - set(history.records)
    succeeded = {id for id, record in history.records.items() if _succeeded(id, record)} | forgotten
    ok = acknowledged & ended & succeeded
    ends = Counter(end.id for end in history.ends)
    after = [end.at - history.healed_at for end in history.ends if end.at >= history.healed_at]
    return Verdict(
        attempted=len(attempted),
        acknowledged=len(acknowledged),
        ok=len(ok),
        lost=sorted(acknowledged - ok),
        unexpected=sorted((set(history.records) | set(begun)) - attempted | _begun_again(history)),
        asked_again=len(unanswered & acknowledged),
        refused=sum(attempt.outcome is Outcome.REFUSED for attempt in history.attempts),
        duplicated=begun.total() - len(begun),
        completions=dict(Counter(ends[id] for id in sorted(acknowledged))),
        recovered_after=min(after, default=None),
        settled_after=max(after, default=0.0),
    )


def _ids(history: History, outcome: Outcome) -> set[str]:
    return {id for attempt in history.attempts if attempt.outcome is outcome for id in attempt.ids}


def _may_be_forgotten(history: History) -> set[str]:
    before = history.forgotten_before or 0.0
    return {end.id for end in history.ends if end.at < before and end.state == "SUCCESS"}


def _begun_again(history: History) -> set[str]:
    """What began after its end was announced. Where nothing is forgotten, a worker that was frozen may."""
    if history.forgotten_before is None:
        return set()
    over = {end.id: end.at for end in history.ends}
    return {
        mark.id for mark in history.marks if mark.event == "begun" and mark.at > over.get(mark.id, mark.at)
    }


def _succeeded(id: str, record: Record) -> bool:
    return record.state == "SUCCESS" and record.result == number_of(id)


if __name__ == "__main__":
    verdicts = {
        name: judge(msgspec.json.decode(Path(name).read_bytes(), type=History)) for name in sys.argv[1:]
    }
    for name, verdict in verdicts.items():
        print(name, "holds" if verdict.holds else "BROKEN", verdict)
    sys.exit(not all(verdict.holds for verdict in verdicts.values()))
