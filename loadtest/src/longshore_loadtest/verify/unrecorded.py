"""A 202 without a record: acknowledged, and unknown when it was asked for."""

from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.seen import Seen


def check(seen: Seen) -> Finding:
    """What is acknowledged is on record from then on."""
    acknowledged = seen.acknowledged()
    problems = [found for course in acknowledged for found in _of(course)]
    return Finding("unrecorded", "A 202 means that there is a record.", len(acknowledged), problems)


def _of(course: Course) -> list[Problem]:
    answered = course.acknowledgement
    assert answered
    if course.record is None:
        return [problem(course.id, "no record at the end", [*answered.where, *course.evidence()])]
    return [
        problem(course.id, "no record when it was read", [*answered.where, *read.where])
        for read in course.reads
        if read.invoke.at >= answered.known_at and read.did_not_find(course.id)
    ]
