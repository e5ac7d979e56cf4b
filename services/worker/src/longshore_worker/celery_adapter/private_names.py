"""What the adapter uses of Celery, kombu, billiard and py-amqp that they do not promise, and why.

Theirs to change with any release. A test looks each one up, so that an upgrade that moves one fails there and
not in a worker. What they document (signals, boot steps, settings, the hub's calls) is not listed.
"""

from typing import Final, NamedTuple


class PrivateName(NamedTuple):
    """A name of theirs."""

    owner: str
    """`module` or `module:Class`."""
    name: str
    shape: str
    """Of a function, its parameters: `(self, proc)`. Of anything else, what its owner's source says of it."""
    why: str


_POOL: Final = "celery.concurrency.asynpool:AsynPool"
_CONSUMER: Final = "celery.worker.consumer.consumer:Consumer"

PRIVATE_NAMES: Final = (
    # The pool of processes
    PrivateName(
        _POOL, "_create_worker_process", "(self, i)", "a child inherits the file for what it says last"
    ),
    PrivateName(
        _POOL,
        "_track_child_process",
        "(self, proc, hub)",
        "the kernel tells of a child's end",
    ),
    PrivateName(_POOL, "_sentinel_poll", "fd = proc._sentinel_poll", "the descriptor that tells of that end"),
    PrivateName(
        _POOL, "_event_process_exit", "(self, hub, proc)", "one that cannot be reaped yet is looked at soon"
    ),
    PrivateName("billiard.pool:Pool", "_pool", "self._pool = []", "whether it was reaped"),
    PrivateName(_POOL, "process_flush_queues", "(self, proc)", "called first when a child has ended"),
    PrivateName(_POOL, "flush", "(self)", "jobs that no child has accepted outlive the connection"),
    PrivateName(_POOL, "_active_writers", "self._active_writers = set()", "the writes that `flush` finishes"),
    PrivateName(_POOL, "_active_writes", "self._active_writes = set()", "the descriptors of these"),
    PrivateName(
        "billiard.pool:Worker",
        "inqW_fd",
        "obj.inqW_fd = self.inq._writer.fileno()",
        "whether a child reads",
    ),
    PrivateName(
        _POOL, "_stop_task_handler", "(task_handler)", "called by `join`: no child is waited for too long"
    ),
    PrivateName("celery.concurrency.asynpool", "_get_job_writer", "(job)", "the write of a job"),
    PrivateName("billiard.pool:Pool", "_cache", "self._cache = {}", "the jobs that the pool has"),
    PrivateName("billiard.pool:ApplyResult", "_write_to", "_write_to = None", "which child was given a job"),
    PrivateName("billiard.pool", "EX_RECYCLE", "EX_RECYCLE = 0x9B", "a child that is replaced did not fail"),
    PrivateName(
        "celery.concurrency.prefork:TaskPool", "terminate_job", "(self, pid, signal)", "ends one child"
    ),
    PrivateName(
        "celery.concurrency.thread:TaskPool", "executor", "self.executor = ", "jobs go there at once"
    ),
    # Tasks and their tracer
    PrivateName(
        "celery.app.trace",
        "setup_worker_optimizations",
        "(app, hostname)",
        "the tracer finds tasks without going through a proxy",
    ),
    PrivateName("celery.app.task:Task", "__trace__", "__trace__ = None", "the tracer of a task"),
    # The consumer and its connection
    PrivateName(_CONSUMER, "create_task_handler", "(self, promise)", "deliveries are led to the dispatcher"),
    PrivateName(_CONSUMER, "on_decode_error", "(self, message, exc)", "what is no JSON is parked"),
    PrivateName(
        _CONSUMER, "on_connection_error_before_connected", "(self, exc)", "`Outage` says what it waits for"
    ),
    PrivateName(_CONSUMER, "on_connection_error_after_connected", "(self, exc)", "what runs goes on"),
    PrivateName(_CONSUMER, "ensure_connected", "(self, conn)", "the loop turns while there is no broker"),
    PrivateName(_CONSUMER, "first_connection_attempt", "first_connection_attempt = True", "as Celery has it"),
    PrivateName(
        _CONSUMER,
        "broker_connection_retry_attempt",
        "broker_connection_retry_attempt = 0",
        "as Celery has it",
    ),
    PrivateName(
        "celery.worker.worker:WorkController",
        "register_with_event_loop",
        "(self, hub)",
        "the pool's descriptors, while there is no broker",
    ),
    PrivateName("celery.worker.consumer.tasks:Tasks", "start", "(self, c)", "a refused queue is left out"),
    PrivateName(
        "celery.worker.consumer.tasks:Tasks", "qos_global", "(self, c)", "each consumer has its own limit"
    ),
    PrivateName("celery.worker.state", "should_stop", "should_stop = None", "ends the loop after a drain"),
    PrivateName("celery.worker.state", "maybe_shutdown", "()", "ends an outage when the worker is to stop"),
    PrivateName(
        "kombu.messaging:Consumer",
        "_receive_callback",
        "(self, message)",
        "a delivery is known as ours by it, and a queue is consumed anew with it",
    ),
    PrivateName(
        "kombu.messaging:Consumer", "_active_tags", "self._active_tags = {}", "kombu's only list of them"
    ),
    # The wire
    PrivateName(
        "amqp.transport:TCPTransport",
        "_read_buffer",
        "self._read_buffer = EMPTY_BUFFER",
        "py-amqp goes on where we stop, and we where it stops",
    ),
    PrivateName(
        "amqp.connection:Connection",
        "on_inbound_frame",
        "self.on_inbound_frame = ",
        "takes every frame that is no delivery",
    ),
    PrivateName("amqp.connection:Connection", "bytes_recv", "bytes_recv = 0", "its heartbeat looks at it"),
    PrivateName("amqp.channel:Channel", "callbacks", "self.callbacks = {}", "which consumer tags are ours"),
    PrivateName(
        "amqp.abstract_channel:AbstractChannel",
        "channel_id",
        "self.channel_id = channel_id",
        "whose frames these are",
    ),
    PrivateName("amqp.serialization", "loads", "(format, buf, offset)", "headers of other kinds than ours"),
    # What Celery's own tools see
    PrivateName(
        "celery.worker.request:Request",
        "send_event",
        "(self, type, **fields)",
        "what Flower hears, when it is asked for",
    ),
    PrivateName("celery.worker.control:Panel", "meta", "meta = {}", "which commands there are"),
    PrivateName("celery.worker.control:Panel", "data", "data = {}", "without those that change something"),
    PrivateName("billiard.util", "get_logger", "()", "it prints bare lines unless they propagate"),
)
