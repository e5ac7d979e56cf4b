"""Files: upload, progress, output."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import httpx

from longshore.client.bulk import new_id
from longshore.client.problems import ApiUnreachable, NotFound, Overloaded, StillRunning, UploadBroken
from longshore.client.shapes import Batch
from longshore.client.transport import Patience, Transport
from longshore.states import BatchState

if TYPE_CHECKING:
    from longshore.client.client import Client

_ENDED: Final = frozenset({BatchState.DONE, BatchState.REVOKED})
_LONGEST_PAUSE: Final = 1.0
"""Seconds between two looks at a batch that goes on for long."""


class BatchHandle:
    """A file that was accepted: every line of it will have its line of output."""

    def __init__(self, client: "Client", batch_id: str) -> None:
        self._client = client
        self.id = batch_id

    def __repr__(self) -> str:
        return f"BatchHandle({self.id!r})"

    def status(self) -> Batch:
        """The batch and its counts as they are now."""
        return self._client.batch(self.id)

    def wait(self, timeout: float | None = None, *, watch: Callable[[Batch], None] | None = None) -> Batch:
        """The batch once every line has ended. `watch` is called with each look at it on the way."""
        began = time.monotonic()
        pause = 0.05
        while True:
            batch = self.status()
            if watch:
                watch(batch)
            if batch.state in _ENDED:
                return batch
            if timeout is not None and time.monotonic() - began >= timeout:
                raise StillRunning(kind="Batch", id=self.id, state=batch.state.value, seconds=timeout)
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def output(self, *, timeout: float | None = None, partial: bool = False) -> Iterator[str]:
        """The output line by line, in the input's order, without line ends. Streamed: any size will do.

        Waits for the batch to end, StillRunning after `timeout` s; `partial` takes what there is.
        """
        if not partial:
            self.wait(timeout)
        return _lines(self._client.batch_bytes(self.id, "output", partial=partial))

    def errors(self) -> Iterator[str]:
        """The lines that failed, as `error: line 17: expected 2 values, got 3`."""
        return _lines(self._client.batch_bytes(self.id, "errors"))

    def save(self, path: str | Path, *, timeout: float | None = None) -> None:
        """Write the output to a file when the batch has ended: all of it or nothing."""
        self.wait(timeout)
        target = Path(path)
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as file:
                for piece in self._client.batch_bytes(self.id, "output"):
                    file.write(piece)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def cancel(self) -> Batch:
        """Cancel what has not run yet."""
        return self._client.cancel_batch(self.id)

    def retry(self) -> Batch:
        """Run the failed lines once more."""
        return self._client.retry_batch(self.id)


def upload(
    transport: Transport, file: IO[bytes], name: str, fields: Mapping[str, Any], batch_id: str | None
) -> Batch:
    """Send a file. When that breaks off, find out what the API has before anything is sent again.

    A batch's lines run only once its upload has ended, so one that broke off is given up (cancelled) and
    sent anew under another id; that only the answer was lost shows in the batch being there, complete.
    """
    patience = Patience(transport.patience)
    start = file.tell() if file.seekable() else None
    current = batch_id or new_id()
    while True:
        form = {"id": current} | {k: str(v) for k, v in fields.items() if v is not None}
        upload = {"file": (name, file, "text/plain")}
        try:
            # No patience inside: the file must be rewound before it can be sent again.
            return transport.ask(Batch, "POST", "/v1/batches", data=form, files=upload, patience=0)
        except (ApiUnreachable, Overloaded) as error:
            found = _settled(transport, current)
            if found and found.state in {BatchState.RUNNING, BatchState.DONE}:
                return found
            if start is None or (found and batch_id) or not patience.sleep():
                if found:
                    raise UploadBroken(id=current, reason=error.detail) from error
                raise
            file.seek(start)
            if found:
                current = new_id()


def _settled(transport: Transport, batch_id: str) -> Batch | None:
    """What the API has of an upload that broke off. One still open after a moment is cancelled."""
    patience = Patience(2.0)
    try:
        batch = transport.ask(Batch, "GET", f"/v1/batches/{batch_id}")
        while batch.state is BatchState.OPEN and patience.sleep():
            batch = transport.ask(Batch, "GET", f"/v1/batches/{batch_id}")
        if batch.state is BatchState.OPEN:
            batch = transport.ask(Batch, "POST", f"/v1/batches/{batch_id}/cancel")
    except NotFound:
        return None
    return batch


def stream(transport: Transport, path: str, params: Mapping[str, str]) -> Iterator[bytes]:
    """A long answer piece by piece; a connection that breaks is taken up again where it broke.

    What a batch has written never changes, so the beginning that was already seen is skipped.
    """
    patience = Patience(transport.patience)
    seen = 0
    while True:
        skip = seen
        try:
            with transport.stream(path, params=params) as answer:
                for piece in answer.iter_bytes():
                    fresh = piece[skip:]
                    skip -= min(skip, len(piece))
                    if fresh:
                        seen += len(fresh)
                        yield fresh
                return
        except httpx.TransportError as error:
            if not patience.sleep():
                raise transport.unreachable(error) from error


def _lines(pieces: Iterator[bytes]) -> Iterator[str]:
    """Split at line feeds only: `str.splitlines` would cut a result that holds a form feed or U+2028."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line.decode()
    if rest:
        yield rest.decode()
