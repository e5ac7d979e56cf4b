"""When all is over: everything the installation says of the run's tasks and files, into the history."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from longshore.client import BatchHandle, Client, NotFound, Task
from longshore_loadtest.history.reader import History
from longshore_loadtest.history.record import Batch, Complete, Invoke, Record
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.marks.files import digest

_PAGE: Final = 500
_EARLIER: Final = timedelta(minutes=10)
"""By so much the ledger's clock may be behind ours."""


def read_back(client: Client, writer: Writer, history: History) -> Complete:
    """Read every page. Raises what the client raises: then the history is not complete, and says so."""
    run = history.header.run
    since = datetime.fromtimestamp(history.began, UTC) - _EARLIER
    records = 0
    # Without the chunks of files: their lines are judged by the files' output.
    for task in client.tasks(since=since, chunks=False, page=_PAGE):
        if task.id.startswith(f"{run}-"):
            writer.write(_record(writer.now(), task))
            records += 1
    batches = [found for id in _uploads(history) if (found := _batch(client, writer, id))]
    for batch in batches:
        writer.write(batch)
    complete = Complete(at=writer.now(), records=records, batches=len(batches))
    writer.write(complete)
    return complete


def _uploads(history: History) -> Iterable[str]:
    lines = (entry.line for entry in history.entries)
    return dict.fromkeys(line.batch for line in lines if isinstance(line, Invoke) and line.batch)


def _record(at: float, task: Task) -> Record:
    return Record(
        at=at,
        id=task.id,
        state=task.state.value,
        task=task.task,
        queue=task.queue,
        priority=task.priority,
        args=task.args,
        result=task.result,
        error=None if task.error is None else f"{task.error.type}: {task.error.message}",
        attempt=task.attempt,
        deliveries=task.deliveries,
        crashes=task.crashes,
        batch=task.batch,
        submitted_at=_rfc3339(task.submitted_at),
        started_at=_rfc3339(task.started_at),
        finished_at=_rfc3339(task.finished_at),
    )


def _batch(client: Client, writer: Writer, id: str) -> Batch | None:
    try:
        batch = client.batch(id)
        output = digest(BatchHandle(client, id).output(partial=True))
    except NotFound:
        return None
    return Batch(
        at=writer.now(),
        id=id,
        state=batch.state.value,
        total=batch.total,
        done=batch.done,
        failed=batch.failed,
        lines=output.lines,
        sha256=output.sha256,
        pieces=output.pieces,
    )


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
