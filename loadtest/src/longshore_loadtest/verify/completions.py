"""Duplicated: more than one completion recorded for one run."""

from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.seen import Seen

TERMINAL = frozenset({"SUCCESS", "FAILURE", "REVOKED"})


def check(seen: Seen) -> Finding:
    """Each run is completed once; a run more needs a retry by hand."""
    watched = [course for course in seen.tasks.values() if completions(course)]
    problems = [found for course in watched for found in _of(course)]
    return Finding("duplicated", "One completion is recorded for each run.", len(watched), problems)


def completions(course: Course) -> int:
    """How many times watchers heard that it had ended."""
    return sum(event.line.state in TERMINAL for event in course.events)


def _of(course: Course) -> list[Problem]:
    ends = [event for event in course.events if event.line.state in TERMINAL]
    lines = [*(end.where for end in ends), *(where for one in course.retries for where in one.where)]
    for index, end in enumerate(ends[1:], 1):
        before = ends[index - 1].line.state
        if before == "SUCCESS":
            return [problem(course.id, f"{end.line.state} recorded after SUCCESS", lines)]
        if index > course.retries_until(end.at):
            says = f"{end.line.state} recorded after {before}, by the same run"
            return [problem(course.id, says, lines)]
    return []
