"""Wrong: a result that is not the one, or one that no execution has earned."""

from longshore_loadtest.marks.answers import answer
from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.seen import Seen


def check(seen: Seen) -> Finding:
    """Every result is right, and an execution came to its end before it was recorded."""
    succeeded = [
        course
        for course in seen.tasks.values()
        if course.call and ((course.record and course.record.line.state == "SUCCESS") or _read(course))
    ]
    problems = [found for course in succeeded for found in (*_wrong(course), *_unearned(course))]
    return Finding("wrong", "Every result is right, and some run returned it.", len(succeeded), problems)


def _read(course: Course) -> bool:
    return any(read.ok is not None and course.id in read.ok.results for read in course.reads)


def _wrong(course: Course) -> list[Problem]:
    assert course.call
    right = answer(course.call.task, course.call.args)
    if right is None:
        return []
    told = [
        (read.ok.results[course.id], read.where)
        for read in course.reads
        if read.ok is not None and course.id in read.ok.results
    ]
    if course.record and course.record.line.state == "SUCCESS":
        told.append((course.record.line.result, [course.record.where]))
    return [
        problem(course.id, f"{result!r} instead of {right}", [course.submissions[0].invoke.where, *lines])
        for result, lines in told
        if result != right
    ]


def _unearned(course: Course) -> list[Problem]:
    if course.ended or course.record is None or course.record.line.state != "SUCCESS":
        return []
    assert course.call
    if answer(course.call.task, course.call.args) is None:
        return []  # A task of somebody else's: it leaves no marks.
    return [problem(course.id, "SUCCESS, and no run of it came to its end", course.evidence())]
