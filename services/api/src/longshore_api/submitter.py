"""In whose name something is submitted, and what is said of a key that has too many unfinished tasks.

They are counted in the ledger, for all API processes together: unlike what `quotas` bounds, it is the ledger
that fills up, and a submission asks it anyway.
"""

from longshore.errors import TooManyTasks
from longshore_api.context import Api, api, keyholder
from longshore_ledger.records import NOBODY, Submitter


def submitter() -> Submitter:
    """Who submits in this request."""
    key = keyholder()
    return NOBODY if key is None else Submitter(key, api().settings.key_tasks)


def too_many(made: Api, by: Submitter) -> TooManyTasks:
    """What to raise for Admission.TOO_MANY. Raises LedgerUnavailable."""
    unfinished = made.ledger.keys.unfinished([by.key])[by.key]
    return TooManyTasks(key=by.key, unfinished=unfinished, limit=by.most)
