"""The verdict on a run, from its history alone. It looks at nothing else."""

from longshore_loadtest.history.reader import History
from longshore_loadtest.verify.finding import Finding, Problem
from longshore_loadtest.verify.recovery import Recovery
from longshore_loadtest.verify.seen import sort
from longshore_loadtest.verify.verdict import Verdict, judge

__all__ = ["Finding", "Problem", "Recovery", "Verdict", "verify"]


def verify(history: History) -> Verdict:
    """Judge a history.

    Unknown outcomes are treated as Jepsen does: it was done, or it was not; either is fine.
    """
    return judge(sort(history))
