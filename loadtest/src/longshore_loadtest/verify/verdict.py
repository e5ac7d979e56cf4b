"""The verdict, in Jepsen's words."""

from collections import Counter

from msgspec import Struct

from longshore_loadtest.marks.answers import answer
from longshore_loadtest.verify import (
    again,
    batches,
    completeness,
    completions,
    ends,
    executions,
    order,
    paused,
    results,
    terminal,
    unexpected,
    unrecorded,
    watching,
)
from longshore_loadtest.verify.finding import Finding
from longshore_loadtest.verify.recovery import Recovery, recoveries
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory

_CHECKS = (
    completeness.check,
    ends.check,
    unrecorded.check,
    results.check,
    completions.check,
    unexpected.check,
    terminal.check,
    order.check,
    paused.check,
    batches.check,
    watching.check,
    executions.check,
)


class Verdict(Struct, frozen=True):
    """What became of the tasks of one run."""

    run: str
    attempted: int
    """Tasks that a client tried to submit."""
    acknowledged: int
    """Of them, those that were accepted by an answer."""
    unknown: int
    """Those of which nobody knows whether they were accepted: either is fine."""
    refused: int
    """Those that were certainly not."""
    ok: int
    """Acknowledged, SUCCESS, the right result, and a run that came to its end."""
    cancelled: int
    """Acknowledged and REVOKED after a cancel."""
    failed: int
    """Acknowledged and FAILURE, as it was to be."""
    lost: int
    """Acknowledged, and without its right end."""
    unexpected: int
    duplicated: int
    wrong: int
    batches: int
    lines: int
    """Of files that are done."""
    executions: dict[int, int]
    """How many acknowledged tasks were run how many times."""
    completions: dict[int, int]
    """How many tasks that watchers heard of had how many completions; retries by hand make more."""
    recoveries: list[Recovery]
    findings: list[Finding]
    notes: list[str]
    """What a reader should know, though no promise is broken by it."""

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not any(finding.problems for finding in self.findings)

    def finding(self, name: str) -> Finding:
        """The finding of one check."""
        return next(finding for finding in self.findings if finding.name == name)


def judge(seen: Seen) -> Verdict:
    """Judge a run."""
    checks = _CHECKS if seen.retention is None else (*_CHECKS, again.check)
    findings = [check(seen) for check in checks]
    broken = {finding.name: {problem.id for problem in finding.problems} for finding in findings}
    acknowledged = seen.acknowledged()
    bad = set.union(*(broken[name] for name in ("lost", "wrong")))
    submitted = [task_history for task_history in seen.tasks.values() if task_history.submissions]
    states = Counter(
        task_history.record.line.state
        for task_history in acknowledged
        if task_history.record and task_history.id not in bad
    )
    done = [batch.record.line for batch in seen.batches.values() if batch.record]
    heard = [
        count for task_history in seen.tasks.values() if (count := completions.completions(task_history))
    ]
    return Verdict(
        run=seen.run,
        attempted=len(submitted),
        acknowledged=len(acknowledged),
        unknown=sum(
            task_history.acknowledgement is None and task_history.may_exist for task_history in submitted
        ),
        refused=sum(not task_history.may_exist for task_history in submitted),
        ok=states["SUCCESS"],
        cancelled=states["REVOKED"],
        failed=states["FAILURE"],
        lost=len(broken["lost"]),
        unexpected=len(broken["unexpected"]),
        duplicated=len(broken["duplicated"]),
        wrong=len(broken["wrong"]),
        batches=sum(any(upload.ok for upload in batch.uploads) for batch in seen.batches.values()),
        lines=sum(batch.total for batch in done if batch.state == "DONE"),
        executions=executions.histogram(seen),
        completions=dict(sorted(Counter(heard).items())),
        recoveries=recoveries(seen),
        findings=findings,
        notes=list(_notes(seen, acknowledged)),
    )


def _notes(seen: Seen, acknowledged: list[TaskHistory]) -> list[str]:
    notes = []
    errors = Counter(
        error.partition(":")[0] + ":"
        for task_history in acknowledged
        if task_history.record
        and task_history.record.line.state == "FAILURE"
        and (error := task_history.record.line.error)
    )
    if count := errors[ends.MARK_NOT_WRITTEN]:
        notes.append(f"{count} tasks failed because the store of marks did not take their marks")
    if count := errors[ends.WORKER_DIED]:
        notes.append(f"{count} tasks were given up after their workers had died under them too often")
    if seen.retention is not None and (
        count := sum(task_history.record is None for task_history in acknowledged)
    ):
        notes.append(f"{count} tasks are gone; {seen.retention:g} s after its end one may be forgotten")
    foreign_tasks = {
        task_history.call.task
        for task_history in acknowledged
        if task_history.call and answer(task_history.call.task, task_history.call.args) is None
    }
    if foreign_tasks:
        notes.append(f"results not judged, of tasks that are not the load test's: {', '.join(foreign_tasks)}")
    if seen.foreign:
        notes.append(f"{len(seen.foreign)} tasks of others were seen and left alone")
    if seen.history.torn:
        notes.append(f"torn by the death of their writers: {', '.join(seen.history.torn)}")
    return notes
