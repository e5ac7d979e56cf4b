"""The command line, which imports nothing of Celery's."""

from longshore_worker import arguments
from longshore_worker.celery_adapter import pools


def test_a_pool_that_can_be_asked_for_is_there() -> None:
    assert set(arguments.POOLS) == set(pools.POOLS)
