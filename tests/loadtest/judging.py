"""Judging a told history, and what was found in it."""

from longshore_loadtest.history.record import Line
from longshore_loadtest.verify import Verdict, verify
from tests.loadtest.telling import Teller, history_of


def judged(lines: list[Line]) -> Verdict:
    """The verdict on these lines."""
    return verify(history_of(lines))


def broken(verdict: Verdict) -> dict[str, set[str]]:
    """What was found, by check."""
    return {
        finding.name: {problem.id for problem in finding.problems}
        for finding in verdict.findings
        if finding.problems
    }


def after(lines: list[Line], teller: Teller) -> list[Line]:
    """These, and what the teller told."""
    return [*lines, *teller.lines]
