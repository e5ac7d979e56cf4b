"""The Celery application of a worker, with all that is not left to Celery switched off."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import uuid4

import billiard.util
import celery
from celery import signals
from celery.worker.control import Panel

from longshore.task import Task
from longshore_broker import QueueType, consumer_options, is_embedded, tls_for, work_queue
from longshore_worker.celery_adapter.tasks import RunTask

_HEARTBEAT_SECONDS: Final = 10
_CONNECT_SECONDS: Final = 4.0
_SILENCE_SECONDS: Final = 10.0
_HARMLESS: Final = {"enable_events", "disable_events", "heartbeat"}
"""Commands of the remote control that change nothing."""


def make_app(
    broker: str,
    tasks: Mapping[str, Task[..., Any]],
    queues: Iterable[str],
    *,
    queue_type: QueueType = "auto",
    events: bool = False,
) -> celery.Celery:
    """An application that consumes `queues` and knows `tasks`. `events`: let Flower and `inspect` see it."""
    # Logs are ours: a receiver here keeps Celery from setting up its own, in the children too.
    signals.setup_logging.connect(_leave_logging_alone)
    app: Any = celery.Celery("longshore", broker=broker, set_as_current=True)
    app.conf.update(
        task_queues=[work_queue(name, queue_type) for name in queues],
        task_create_missing_queues=False,
        # The default exchange: no other one to declare, to bind to, and to need rights for.
        task_default_exchange="",
        # Results are the dispatcher's.
        task_acks_late=True,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        accept_content=["json"],
        # The broker.
        broker_heartbeat=_HEARTBEAT_SECONDS,
        broker_connection_timeout=_CONNECT_SECONDS,
        broker_connection_retry=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,
        broker_transport_options=_transport_options(broker),
        broker_use_ssl=tls_for(broker),
        worker_prefetch_multiplier=1,
        worker_enable_prefetch_count_reduction=False,
        worker_detect_quorum_queues=False,
        # A run outlives the connection that brought it.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # Flower and `inspect` cost more than the tasks: on when asked.
        worker_send_task_events=events,
        worker_enable_remote_control=events,
        task_send_sent_event=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_consumer="longshore_worker.celery_adapter.consumer:LongshoreConsumer",
        worker_proc_alive_timeout=60.0,  # a busy machine is no reason to kill a child that starts
    )
    for task in tasks.values():
        registered = RunTask(task)
        app.register_task(registered)
        registered.backend = app.backend  # a disabled one: looked up once, not twice a task
    app.finalize()
    app.set_default()  # for the threads of a pool
    return app  # type: ignore[no-any-return]


def look_only() -> None:
    """Leave the commands of the remote control that Flower and `celery inspect` look with.

    Those that change something would go round the ledger: a `revoke` that Flower sends is forgotten with the
    worker, a `shutdown` drains nothing. Cancel and stop by way of Longshore.
    """
    panel: Any = Panel
    for name, command in panel.meta.items():
        if command.type == "control" and name not in _HARMLESS:
            panel.data.pop(name, None)
            panel.data.pop(command.alias, None)


def quieten() -> None:
    """Celery's own words where ours say more: a task's failure is in the ledger, with its traceback."""
    billiard.util.get_logger().propagate = True  # or it prints bare lines
    for name in ("celery", "kombu", "amqp", "multiprocessing"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)


def _transport_options(broker: str) -> dict[str, Any]:
    if is_embedded(broker):
        return consumer_options(f"worker-{uuid4().hex}")
    return {
        "read_timeout": _SILENCE_SECONDS,
        "write_timeout": _SILENCE_SECONDS,
        "client_properties": {"connection_name": "longshore worker"},
    }


def _leave_logging_alone(**_: Any) -> None:
    """Receiver of `setup_logging`."""
