"""Duplicated: more than one completion recorded for one run."""

from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.forgotten import TERMINAL, may_be_taken_anew
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory


def check(seen: Seen) -> Finding:
    """Each run is completed once; a run more needs a retry by hand."""
    watched = [task_history for task_history in seen.tasks.values() if completions(task_history)]
    problems = [found for task_history in watched for found in _of(seen, task_history)]
    return Finding("duplicated", "One completion is recorded for each run.", len(watched), problems)


def completions(task_history: TaskHistory) -> int:
    """How many times watchers heard that it had ended."""
    return sum(event.line.state in TERMINAL for event in task_history.events)


def _of(seen: Seen, task_history: TaskHistory) -> list[Problem]:
    ends = [event for event in task_history.events if event.line.state in TERMINAL]
    lines = [*(end.where for end in ends), *(where for one in task_history.retries for where in one.where)]
    for index, end in enumerate(ends[1:], 1):
        if may_be_taken_anew(seen, task_history, ends[index - 1].at):
            continue
        before = ends[index - 1].line.state
        if before == "SUCCESS":
            return [problem(task_history.id, f"{end.line.state} recorded after SUCCESS", lines)]
        if index > task_history.retries_until(end.at):
            says = f"{end.line.state} recorded after {before}, by the same run"
            return [problem(task_history.id, says, lines)]
    return []
