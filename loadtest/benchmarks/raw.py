"""Their side: Celery as its documentation sets it up for work that must not be lost.

Results in Redis, STARTED recorded, messages acknowledged late. It has no time limit and no record of what was
submitted before it ran; ours is measured with both.
"""

import time
from typing import Final

from celery import Celery
from kombu import Queue

import loadtest.benchmarks.held  # noqa: F401  # its worker's clock starts as ours does

QUEUES: Final = {"classic": "raw-classic", "quorum": "raw-quorum"}


def _app(**settings: object) -> Celery:
    made = Celery("raw", set_as_current=False)
    made.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_track_started=True,
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        task_queues=[
            Queue(QUEUES["classic"], durable=True),
            Queue(QUEUES["quorum"], durable=True, queue_arguments={"x-queue-type": "quorum"}),
        ],
        task_default_queue=QUEUES["classic"],
        **settings,
    )
    made.task(name="noop")(noop)
    made.task(name="stamp")(stamp)
    return made


def producer(broker: str, queue: str, *, confirm: bool) -> Celery:
    """An application that only submits, to a queue that is there."""
    options = {"confirm_publish": True} if confirm else {}
    made = _app(broker_url=broker, broker_transport_options=options)
    with made.connection_for_write() as connection:
        # The run before has deleted it, and kombu remembers for a whole process what it has declared.
        made.amqp.queues[queue](connection.default_channel).declare()
    return made


def noop(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def stamp(a: int, b: int) -> float:
    """Say when it began, s since 1970."""
    del a, b
    return time.time()


app = _app()
