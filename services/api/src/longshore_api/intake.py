"""A checked submission on its way into the ledger: by the API's route, and by the page's form."""

from longshore.ledger.records import Admission
from longshore.ledger.shapes import Task
from longshore_api.access_log import about
from longshore_api.context import Api
from longshore_api.errors import IdTaken
from longshore_api.submission import Submission, admit


def take(made: Api, given: Submission) -> tuple[Admission, Task]:
    """Check a submission against its task and record it: NEW, or REPEATED when it was on record already.

    Raises what `admit` does, IdTaken, LedgerFull and LedgerUnavailable.
    """
    task = admit(given, made.ledger.catalogue.read(), made.settings.args_limit)
    about(task.id)
    admission, recorded = made.ledger.intake.submit_one(task)
    made.meters.submissions.labels(admission.name.lower()).inc()
    if admission is Admission.CONFLICT:
        raise IdTaken(id=task.id)
    assert recorded is not None  # read in the round trip that wrote it
    return admission, recorded
