"""The one list of errors. A class's docstring is its message; the API maps it to an RFC 9457 problem.

The first line of the docstring is the title, the rest is the detail, formatted with the fields given.
"""

import inspect
from http import HTTPStatus
from typing import Any, ClassVar


class LongshoreError(Exception):
    """Something went wrong.

    {reason}
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    """The status of the API's answer."""
    retry_after: int | None = None
    """Seconds after which the same request may succeed, where waiting helps."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        super().__init__(self.detail)

    @property
    def title(self) -> str:
        """One line, the same for every error of this class."""
        return inspect.getdoc(type(self)).splitlines()[0].rstrip(".")  # type: ignore[union-attr]

    @property
    def detail(self) -> str:
        """What happened this time, and what to do next."""
        _, _, rest = inspect.getdoc(type(self)).partition("\n")  # type: ignore[union-attr]
        return " ".join(rest.split()).format(**self.fields) or self.title


class WrongSetting(LongshoreError):
    """A setting is wrong.

    {problems}
    """


class LedgerUnavailable(LongshoreError):
    """The ledger does not answer.

    The ledger at {url} cannot be used: {reason}. Try again in a moment, with the same id.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 2


class LedgerFull(LongshoreError):
    """The ledger's memory is nearly full.

    The ledger uses {used} of {limit} bytes. Accepted work goes on; new work is accepted again when enough of
    it has ended and been deleted. Raise maxmemory (LONGSHORE_LEDGER_MEMORY for `longshore up`) or shorten
    LONGSHORE_RETENTION_SECONDS.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 30


class TooManyTasks(LongshoreError):
    """The key has too many unfinished tasks.

    The key {key} has {unfinished} unfinished tasks, and a key may have {limit} (LONGSHORE_KEY_TASKS). Submit
    this again when some of them have ended, or have an operator cancel those that are no longer needed.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS
    retry_after = 10


class LedgerEvicts(LongshoreError):
    """The ledger may delete accepted tasks.

    Its maxmemory-policy is {policy}: when memory is full, the server deletes what it was told to keep. Set
    maxmemory-policy to noeviction, in the server's configuration or in a managed server's parameter group;
    `longshore doctor --fix` sets it where CONFIG is allowed.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 30


class NotReplicated(LongshoreError):
    """Too few replicas have the record.

    {reached} of {wanted} replicas confirmed in time (LONGSHORE_LEDGER_REPLICAS). Ask again with the same id.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 2


class SchemaTooNew(LongshoreError):
    """The ledger was written by a newer Longshore.

    Its schema is version {found}, this program knows version {known}. Upgrade this program.
    """


class LedgerTooOld(LongshoreError):
    """The ledger's server is too old.

    {server} {version} is running. Upgrade it: Longshore needs Redis 7 or Valkey 7.2, or newer.
    """


class BrokerUnavailable(LongshoreError):
    """The broker does not answer.

    The broker cannot be reached: {reason}. Accepted work waits in the ledger, and is
    delivered when it is back.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5


class QueueRefused(LongshoreError):
    """The broker refuses a queue.

    Queue {queue} cannot be declared: {reason}. Its work waits in the ledger; `longshore doctor` says which
    permissions the broker's user needs.
    """


class BatchClosed(LongshoreError):
    """The upload is over.

    Batch {id} takes no more lines of this upload: it was cancelled, the upload paused for too long, or the
    file was sent again under the same id. GET /v1/batches/{id} says which; if nothing of it runs, upload it
    again.
    """

    status = HTTPStatus.CONFLICT


class OutputChanged(LongshoreError):
    """The output has changed.

    Batch {id} was retried or forgotten while its output was read, so its beginning and its end do not belong
    together. GET /v1/batches/{id} says where it is; fetch the output from its beginning.
    """

    status = HTTPStatus.PRECONDITION_FAILED


class InvalidArguments(LongshoreError):
    """The arguments do not fit the task.

    {field}: {reason}
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class InvalidTask(LongshoreError):
    """The function cannot be a task.

    {name}: {reason}
    """


class UnreadableSpec(LongshoreError):
    """The definition of a task cannot be read.

    The definition of {name} in the catalogue cannot be read: {reason}. Start a worker with a corrected one,
    or run `longshore worker --publish-catalogue` where it is installed.
    """

    status = HTTPStatus.CONFLICT


class TasksNotLoaded(LongshoreError):
    """The tasks could not be loaded.

    {source}: {reason}
    """


class NoCurrentTask(LongshoreError):
    """No task is running here.

    current() is for the inside of a task that a worker runs. In a test, or in a thread that the task
    started itself, enter one first: `with longshore.running.enter(Current(...))`.
    """


class BadFile(LongshoreError):
    """The file cannot be read as lines of text.

    line {line}: {reason}
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BadLine(LongshoreError):
    """The line is not a call of the task.

    {reason}
    """
