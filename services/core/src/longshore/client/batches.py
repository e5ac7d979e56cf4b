"""Files: upload, progress, output."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

import httpx

from longshore.client.problems import (
    ApiUnreachable,
    NotFound,
    OutputBroken,
    Overloaded,
    StillRunning,
    UploadBroken,
    UploadUnknown,
)
from longshore.client.shapes import Batch
from longshore.client.sources import source_of
from longshore.client.transport import Patience, Transport
from longshore.errors import LongshoreError
from longshore.ids import new_id
from longshore.names import file_name
from longshore.states import BATCH_TERMINAL, BatchState

_LONGEST_PAUSE: Final = 1.0
"""Seconds between two looks at a batch that goes on for long."""


class Batches(Protocol):
    """Of a `Client`, what a batch's handle asks it."""

    def batch(self, batch_id: str) -> Batch:
        """See `Client.batch`, and so on."""

    def batch_bytes(self, batch_id: str, what: str, *, partial: bool = False) -> Iterator[bytes]: ...  # noqa: D102

    def cancel_batch(self, batch_id: str) -> Batch: ...  # noqa: D102

    def retry_batch(self, batch_id: str) -> Batch: ...  # noqa: D102


class BatchHandle:
    """A file that was accepted: every line of it will have its line of output."""

    def __init__(self, client: Batches, batch_id: str) -> None:
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
            if batch.state in BATCH_TERMINAL:
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

    A batch's lines run only once its upload has ended, and the API takes an id anew whose upload broke off.
    So the file is sent again under its id, if it can be; that only the answer was lost shows in the batch
    running.
    """
    patience = Patience(transport.patience)
    id = batch_id or new_id()
    form = {"id": id} | {k: str(v) for k, v in fields.items() if v is not None}
    source = source_of(file)
    while True:
        upload = {"file": (file_name(name) or "upload.txt", cast("IO[bytes]", source), "text/plain")}
        try:
            # No patience inside: the file must be rewound before it can be sent again.
            return transport.ask(Batch, "POST", "/v1/batches", data=form, files=upload, patience=0)
        except (ApiUnreachable, Overloaded) as error:
            again = source.rewind()
            found = _settled(transport, id, error)
            if found and (found.state in {BatchState.RUNNING, BatchState.DONE} or _is_cancelled(found)):
                return found
            if not again and found and found.state is BatchState.OPEN:
                raise UploadUnknown(id=id, reason=error.detail) from error
            if not again or not patience.sleep():
                if found:
                    raise UploadBroken(id=id, reason=error.detail) from error
                raise


def _is_cancelled(batch: Batch) -> bool:
    return batch.state is BatchState.REVOKED and (batch.revoked or "").startswith("cancelled")


def _settled(transport: Transport, batch_id: str, why: LongshoreError) -> Batch | None:
    """What the API has of an upload that broke off; one that is open may be in its last moments."""
    patience = Patience(2.0)
    try:
        batch = transport.ask(Batch, "GET", f"/v1/batches/{batch_id}")
        while batch.state is BatchState.OPEN and patience.sleep():
            batch = transport.ask(Batch, "GET", f"/v1/batches/{batch_id}")
    except NotFound:
        return None
    except (ApiUnreachable, Overloaded) as error:
        raise UploadUnknown(id=batch_id, reason=why.detail) from error
    return batch


def stream(transport: Transport, path: str, params: Mapping[str, str]) -> Iterator[bytes]:
    """A long answer piece by piece; a connection that breaks is taken up again where it broke.

    Only where the answer has an ETag: the output of a batch that is done. It is asked for with If-Match, and
    the beginning that was already seen is skipped. What else was seen may be another text by now.
    """
    patience = Patience(transport.patience)
    seen = 0
    version: str | None = None
    while True:
        skip = seen
        headers: dict[str, str] = {"If-Match": version} if version else {}
        try:
            with transport.stream(path, params=params, headers=headers) as answer:
                version = answer.headers.get("ETag")
                for piece in answer.iter_bytes():
                    fresh = piece[skip:]
                    skip -= min(skip, len(piece))
                    if fresh:
                        seen += len(fresh)
                        yield fresh
                return
        except httpx.TransportError as error:
            if seen and not version:
                raise OutputBroken(bytes=seen, reason=str(error) or type(error).__name__) from error
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
