"""Whether the history tells the whole: what was never read back cannot be said to be there, or lost."""

from longshore_loadtest.verify.finding import Finding, problem
from longshore_loadtest.verify.seen import Seen


def check(seen: Seen) -> Finding:
    """The installation was read back to the end, and something was asked of it."""
    problems = []
    if not seen.complete:
        last = seen.history.entries[-1].where
        problems.append(problem(seen.run, "the installation was not read back to the end", [last]))
    if not seen.acknowledged() and not any(
        upload.ok for batch in seen.batches.values() for upload in batch.uploads
    ):
        problems.append(problem(seen.run, "nothing was acknowledged: this proves nothing", []))
    return Finding("complete", "The history tells the whole run.", len(seen.operations), problems)
