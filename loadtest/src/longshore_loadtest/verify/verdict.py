"""The verdict, in Jepsen's words."""

from collections import Counter

from msgspec import Struct

from longshore_loadtest.marks.answers import answer
from longshore_loadtest.verify import (
    batches,
    completeness,
    completions,
    ends,
    executions,
    order,
    results,
    terminal,
    unexpected,
    unrecorded,
    watching,
)
from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding
from longshore_loadtest.verify.recovery import Recovery, recoveries
from longshore_loadtest.verify.seen import Seen

_CHECKS = (
    completeness.check,
    ends.check,
    unrecorded.check,
    results.check,
    completions.check,
    unexpected.check,
    terminal.check,
    order.check,
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
    findings = [check(seen) for check in _CHECKS]
    broken = {finding.name: {problem.id for problem in finding.problems} for finding in findings}
    acknowledged = seen.acknowledged()
    bad = set.union(*(broken[name] for name in ("lost", "wrong")))
    submitted = [course for course in seen.tasks.values() if course.submissions]
    states = Counter(
        course.record.line.state for course in acknowledged if course.record and course.id not in bad
    )
    done = [batch.record.line for batch in seen.batches.values() if batch.record]
    heard = [count for course in seen.tasks.values() if (count := completions.completions(course))]
    return Verdict(
        run=seen.run,
        attempted=len(submitted),
        acknowledged=len(acknowledged),
        unknown=sum(course.acknowledgement is None and course.may_exist for course in submitted),
        refused=sum(not course.may_exist for course in submitted),
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


def _notes(seen: Seen, acknowledged: list[Course]) -> list[str]:
    notes = []
    errors = Counter(
        error.partition(":")[0] + ":"
        for course in acknowledged
        if course.record and course.record.line.state == "FAILURE" and (error := course.record.line.error)
    )
    if count := errors[ends.MARK_NOT_WRITTEN]:
        notes.append(f"{count} tasks failed because the store of marks did not take their marks")
    if count := errors[ends.WORKER_DIED]:
        notes.append(f"{count} tasks were given up after their workers had died under them too often")
    foreign_tasks = {
        course.call.task
        for course in acknowledged
        if course.call and answer(course.call.task, course.call.args) is None
    }
    if foreign_tasks:
        notes.append(f"results not judged, of tasks that are not the load test's: {', '.join(foreign_tasks)}")
    if seen.foreign:
        notes.append(f"{len(seen.foreign)} tasks of others were seen and left alone")
    if seen.history.torn:
        notes.append(f"torn by the death of their writers: {', '.join(seen.history.torn)}")
    return notes
