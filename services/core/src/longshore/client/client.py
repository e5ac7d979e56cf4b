"""The client: one method a thing to do."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar
from urllib.parse import quote

import httpx

from longshore.api_types import Bulk, Cancelled, Explanation, Page, Retried
from longshore.catalogue import TaskSpec
from longshore.client import batches, bulk, listening, several, tasks
from longshore.client.batches import BatchHandle
from longshore.client.bulk import Named, Submission
from longshore.client.events import Event
from longshore.client.shapes import Batch, Moment, Queue, Task, Worker
from longshore.client.tasks import Handle
from longshore.client.transport import Transport

T = TypeVar("T")


class Client:
    """Talks to one Longshore API. Threads may share a client.

    Args:
        url: Where the API is. Default: LONGSHORE_URL.
        key: An API key. Default: LONGSHORE_KEY; none is sent where that is empty.
        timeout: Seconds for one answer.
        patience: How long to retry connection errors and 503s, in seconds.
        http: An httpx client of your own, for certificates and proxies. It is not closed with this one.

    Raises:
        UnusableKey: The key has characters that cannot be sent.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        patience: float = 30.0,
        http: httpx.Client | None = None,
    ) -> None:
        if url is None or key is None:
            from longshore.settings import load_settings  # noqa: PLC0415 - slow, and most give both

            settings = load_settings()
            url = settings.url if url is None else url
            key = settings.key if key is None else key
        self._transport = Transport(url, key, timeout=timeout, patience=patience, http=http)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    # --- tasks

    def submit(
        self,
        task: str | Named,
        /,
        *args: Any,
        named: Mapping[str, Any] | None = None,
        id: str | None = None,
        queue: str | None = None,
        priority: int | None = None,
        delay: float | None = None,
        run_at: datetime | None = None,
        retries: int | None = None,
        timeout: float | None = None,
    ) -> Handle:
        """Submit one task, its arguments in order or, as `named`, by parameter name.

        When this returns the task is on record and will end.

        Args:
            task: Its name, or what `@task` made of its function.
            *args: Its arguments, in order.
            named: Its arguments by parameter name, instead of `args`.
            id: An id of your own: submitted again with it, the task runs only once. Default: a new UUIDv7.
            queue: Default: the task's own.
            priority: 0 to 9; 9 runs first. Default: 4.
            delay: Seconds from now before it may run. Default: 0.
            run_at: When it may run, instead of `delay`.
            retries: How often a failed attempt is tried again. Default: the task's own.
            timeout: Longest time for one attempt, s. Default: the task's own.

        Returns:
            A handle to wait for it, and to get its result.

        Raises:
            Rejected: There is no such task, or it does not take these arguments.
            Conflict: The id is on record with another payload.
            BadArguments: The arguments are not JSON.
        """
        if args and named is not None:
            raise TypeError("give arguments in order or by name, not both")
        arguments = args if named is None else named
        submission = Submission(task, arguments, id, queue, priority, delay, run_at, retries, timeout)
        task_id, content = bulk.encode(submission)
        answer = self._transport.request(
            "POST", "/v1/tasks", content=content, headers={"Content-Type": "application/json"}
        )
        return Handle(self, task_id, repeated=answer.status_code == httpx.codes.OK)

    def submit_many(self, submissions: Iterable[Submission | Mapping[str, Any]]) -> Bulk:
        """Submit any number, in requests of a thousand. What is not valid costs the others nothing.

        Args:
            submissions: As `Submission`, or as objects of `POST /v1/tasks`.

        Returns:
            How many were taken, and of the others the place, from 1, and the reason.

        Raises:
            BadArguments: The arguments of one are not JSON. Requests before it have been sent.
        """
        return bulk.submit_many(self._transport, submissions)

    def task(self, task_id: str) -> Task:
        """One task as it is now. Raises NotFound."""
        return self._transport.ask(Task, "GET", f"/v1/tasks/{quote(task_id, safe='')}")

    def tasks(
        self,
        *,
        state: str | None = None,
        task: str | None = None,
        queue: str | None = None,
        batch: str | None = None,
        id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        chunks: bool = True,
        page: int = 100,
    ) -> Iterator[Task]:
        """All tasks that match, newest first; `page` of them are asked for at a time.

        Args:
            state: The state they are in, such as `FAILURE`.
            task: The name of the task.
            queue: The name of the queue.
            batch: The id of the batch whose chunks they are.
            id: The id of one, or else what ids contain: that looks at every task, ten thousand a request.
            since: Those submitted then or later. A time without a zone is local, here and in `until`.
            until: Those submitted before.
            chunks: Whether to list chunks of batches, too.
            page: How many are asked for at a time.

        Yields:
            Tasks; large arguments and results are left out, and named in `truncated`.
        """
        filters = {"state": state, "task": task, "queue": queue, "batch": batch, "id": id, "limit": page}
        filters |= {"since": _rfc3339(since), "until": _rfc3339(until), "chunks": None if chunks else "no"}
        return self._all(Task, "/v1/tasks", {k: v for k, v in filters.items() if v is not None})

    def wait(
        self, task_id: str, timeout: float | None = None, *, watch: Callable[[Task], None] | None = None
    ) -> Task:
        """Wait for a task to end.

        Args:
            task_id: Its id.
            timeout: Seconds to wait at most. Default: without end.
            watch: Called about once a second with the task as it is then.

        Returns:
            The task, which has ended well or not.

        Raises:
            StillRunning: It has not ended after `timeout`.
            NotFound: There is no such task.
        """
        return tasks.wait(self._transport, quote(task_id, safe=""), timeout, watch)

    def result(self, task_id: str, timeout: float | None = None) -> Any:
        """Wait for what the function returns.

        Args:
            task_id: The task's id.
            timeout: Seconds to wait at most. Default: without end.

        Returns:
            The result, decoded from JSON.

        Raises:
            TaskFailed: Its last attempt failed.
            TaskRevoked: It was cancelled.
            StillRunning: It has not ended after `timeout`.
            NotFound: There is no such task.
        """
        return tasks.result_of(self.wait(task_id, timeout))

    def cancel(self, task_id: str) -> Task:
        """Cancel a task. One that has ended stays as it is; a running one has `cancel_requested` set."""
        return self._transport.ask(Task, "POST", f"/v1/tasks/{quote(task_id, safe='')}/cancel")

    def retry(self, task_id: str) -> Task:
        """Run a task that ended FAILURE or REVOKED once more. Raises Conflict in any other state."""
        path = f"/v1/tasks/{quote(task_id, safe='')}/retry"
        return self._transport.ask(Task, "POST", path, repeatable=False)

    def cancel_many(self, task_ids: Iterable[str]) -> list[Cancelled]:
        """Cancel any number of tasks, in requests of five hundred."""
        return several.each(self._transport, Cancelled, "/v1/tasks/cancel", task_ids, repeatable=True)

    def retry_many(self, task_ids: Iterable[str]) -> list[Retried]:
        """Run any number of tasks that failed or were cancelled once more, in requests of five hundred."""
        return several.each(self._transport, Retried, "/v1/tasks/retry", task_ids, repeatable=False)

    def timeline(self, task_id: str) -> list[Moment]:
        """What happened to a task, in order. Raises NotFound."""
        return list(self._all(Moment, f"/v1/tasks/{quote(task_id, safe='')}/timeline", {}))

    def explain(self, task_id: str) -> Explanation:
        """Why a task is where it is, and what to do about it."""
        return self._transport.ask(Explanation, "GET", f"/v1/tasks/{quote(task_id, safe='')}/explain")

    # --- events

    def events(
        self,
        *,
        id: str | None = None,
        task: str | None = None,
        batch: str | None = None,
        queue: str | None = None,
        state: str | None = None,
        after: str | None = None,
    ) -> Iterator[Event]:
        """Follow what happens to the tasks that match. Reconnects automatically.

        Args:
            id: The id of one task.
            task: The name of the task.
            batch: The id of the batch.
            queue: The name of the queue.
            state: The state that they come into.
            after: The `event_id` to go on behind. Default: from now on.

        Yields:
            Events without end; without any filter a Snapshot of the whole each second.

        Raises:
            ApiUnreachable: Nothing was heard for as long as the client's patience lasts.
        """
        filters = {"id": id, "task": task, "batch": batch, "queue": queue, "state": state}
        return listening.listen(self._transport, {k: v for k, v in filters.items() if v is not None}, after)

    # --- files

    def upload(
        self,
        file: str | Path | IO[bytes],
        task: str | Named,
        *,
        id: str | None = None,
        queue: str | None = None,
        priority: int | None = None,
        retries: int | None = None,
        timeout: float | None = None,
        format: str | None = None,
    ) -> BatchHandle:
        """Run a task on every line of a file.

        Args:
            file: A path, or what is open for reading bytes, also a pipe; sent from where it stands.
            task: The task's name, or what `@task` made of its function.
            id: An id of your own: uploaded again with it, the lines run only once. Default: a new UUIDv7.
            queue: Default: the task's own.
            priority: 0 to 9; 9 runs first. Default: 4.
            retries: How often a failed line is tried again. Default: the task's own.
            timeout: Longest time for a line, s. Default: the task's own.
            format: `values` (values or a JSON object a line) or `csv` (the first line names the columns).
                Default: `values`.

        Returns:
            A handle to wait for the batch, all of which is on record, and to read its output.

        Raises:
            Rejected: It is no text, or there is no such task.
            Conflict: The id is on record with another payload.
            UploadUnknown: Nobody says whether the file arrived.
            UploadBroken: The connection broke, and the file cannot be sent again.
        """
        name = task if isinstance(task, str) else task.name
        fields = {
            "task": name,
            "queue": queue,
            "priority": priority,
            "retries": retries,
            "timeout": timeout,
            "format": format,
        }
        if isinstance(file, str | Path):
            path = Path(file)
            with path.open("rb") as opened:
                batch = batches.upload(self._transport, opened, path.name, fields, id)
        else:
            label = getattr(file, "name", "")  # a pipe's is a number, standard input's is <stdin>
            known = isinstance(label, str) and not label.startswith("<")
            batch = batches.upload(self._transport, file, label if known else "", fields, id)
        return BatchHandle(self, batch.id)

    def batch(self, batch_id: str) -> Batch:
        """One batch as it is now. Raises NotFound."""
        return self._transport.ask(Batch, "GET", f"/v1/batches/{quote(batch_id, safe='')}")

    def batch_bytes(self, batch_id: str, what: str, *, partial: bool = False) -> Iterator[bytes]:
        """The `output` or the `errors` of a batch, as it comes.

        Raises Conflict when the output of a batch is wanted that has not ended, unless `partial`.
        """
        params = {"partial": "1"} if partial else {}
        return batches.stream(self._transport, f"/v1/batches/{quote(batch_id, safe='')}/{what}", params)

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancel what of a batch has not run."""
        return self._transport.ask(Batch, "POST", f"/v1/batches/{quote(batch_id, safe='')}/cancel")

    def retry_batch(self, batch_id: str) -> Batch:
        """Run the failed lines of a batch once more."""
        path = f"/v1/batches/{quote(batch_id, safe='')}/retry"
        return self._transport.ask(Batch, "POST", path, repeatable=False)

    # --- queues and workers

    def queues(self) -> list[Queue]:
        """Every queue that was ever used or has a task, with its counts by state."""
        return list(self._all(Queue, "/v1/queues", {}))

    def pause(self, queue: str) -> None:
        """Start nothing more of a queue until `resume`."""
        self._transport.request("POST", f"/v1/queues/{quote(queue, safe='')}/pause")

    def resume(self, queue: str) -> None:
        """Let a paused queue go on."""
        self._transport.request("POST", f"/v1/queues/{quote(queue, safe='')}/resume")

    def workers(self) -> list[Worker]:
        """The workers that beat."""
        return list(self._all(Worker, "/v1/workers", {}))

    def drain(self, worker: str) -> Worker:
        """Have a worker stop as if by SIGTERM. Raises NotFound for one that does not beat."""
        return self._transport.ask(Worker, "POST", f"/v1/workers/{quote(worker, safe='')}/drain")

    def catalogue(self) -> list[TaskSpec]:
        """The tasks that can be submitted, as workers have published them."""
        return list(self._all(TaskSpec, "/v1/catalogue", {}))

    def _all(self, shape: type[T], path: str, params: dict[str, Any]) -> Iterator[T]:
        while True:
            page = self._transport.ask(Page[shape], "GET", path, params=params)  # type: ignore[valid-type]
            yield from page.items
            if page.next is None:
                return
            params = params | {"cursor": page.next}


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone().isoformat()
