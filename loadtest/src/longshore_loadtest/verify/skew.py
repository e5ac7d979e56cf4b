"""How far the installation's clock is from the run's."""

from longshore_loadtest.history.reader import seconds
from longshore_loadtest.verify.seen import Seen


def ahead(seen: Seen) -> float:
    """Seconds by which the ledger's clock is ahead; negative when it is behind.

    It took each task between a question and its answer: the closest pair tells most.
    """
    best, found = float("inf"), 0.0
    for task_history in seen.tasks.values():
        # A question that was asked again may have been taken the first time.
        if (
            len(task_history.submissions) != 1
            or task_history.record is None
            or not task_history.record.line.submitted_at
        ):
            continue
        (asked,) = task_history.submissions
        if asked.ok is not None and (took := asked.known_at - asked.invoke.at) < best:
            best = took
            middle = (asked.known_at + asked.invoke.at) / 2
            found = seconds(task_history.record.line.submitted_at) - seen.history.began - middle
    return found
