"""A checked submission on its way into the ledger: by the API's route, and by the page's form."""

from longshore_api.access_log import about
from longshore_api.context import Api
from longshore_api.errors import IdTaken
from longshore_api.submission import Submission, admit
from longshore_api.submitter import submitter, too_many
from longshore_ledger.records import Admission
from longshore_ledger.shapes import Task


def take(made: Api, given: Submission) -> tuple[Admission, Task]:
    """Check a submission against its task and record it: NEW, or REPEATED when it was on record already.

    Raises what `admit` does, IdTaken, TooManyTasks, LedgerFull and LedgerUnavailable.
    """
    task = admit(given, made.ledger.catalogue.read(), made.settings.args_limit)
    if given.queue is not None:  # The task's own is declared, and most submissions name none.
        made.queues.check(given.queue)
    about(task.id)
    by = submitter()
    admission, recorded = made.ledger.intake.submit_one(task, by)
    made.meters.submissions.labels(admission.name.lower()).inc()
    if admission is Admission.CONFLICT:
        raise IdTaken(id=task.id)
    if admission is Admission.TOO_MANY:
        raise too_many(made, by)
    assert recorded is not None  # read in the round trip that wrote it
    return admission, recorded
