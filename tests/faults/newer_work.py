"""What a newer release adds to `work`: a task that an older worker does not know."""

from longshore import task
from tests.faults.work import QUEUE, mark


@task(queue=QUEUE, timeout=120)
def novelty(number: int, ms: float = 0) -> int:
    """Do what `mark` does, under a name that only the newer worker has."""
    return mark(number, ms)
