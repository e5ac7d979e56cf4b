"""No task is run more often than the deliveries that the installation counted; how often tasks were run."""

from collections import Counter

from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding, problem
from longshore_loadtest.verify.seen import Seen


def check(seen: Seen) -> Finding:
    """Every run was counted."""
    recorded = [course for course in seen.tasks.values() if course.record]
    problems = [
        problem(course.id, f"run {runs} times; {told} deliveries counted", course.evidence())
        for course in recorded
        if (runs := len(course.begun)) > (told := _deliveries(course))
    ]
    return Finding("uncounted", "The deliveries told are at least the runs.", len(recorded), problems)


def histogram(seen: Seen) -> dict[int, int]:
    """How many acknowledged tasks were run how many times."""
    return dict(sorted(Counter(len(course.begun) for course in seen.acknowledged()).items()))


def _deliveries(course: Course) -> int:
    assert course.record
    return course.record.line.deliveries
