"""An upload, from its first byte to the batch that runs."""

import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import chain
from typing import Final

import structlog

from longshore.errors import LedgerUnavailable, LongshoreError
from longshore.lines import read_header, split
from longshore_api.access_log import about
from longshore_api.context import Api
from longshore_api.errors import BatchCancelled, IdTaken, UploadBroken
from longshore_api.submitter import submitter, too_many
from longshore_api.upload.chunks import chunks
from longshore_api.upload.form import BrokenOff, UploadForm
from longshore_api.upload.order import new_batch, read_order, task_of
from longshore_api.upload.recorder import Recorder
from longshore_ledger import Ledger
from longshore_ledger.records import Admission, NewBatch

_log = structlog.get_logger(__name__)

_BEGINNING: Final = 65_536
"""Bytes by which most other files under the same id are known before the whole of one has come."""


def receive(made: Api, form: UploadForm) -> tuple[str, Admission]:
    """Open a batch, fill it while the file arrives, and close it, which lets it run: NEW.

    REPEATED: it is there already, of the same file to its last byte. Whatever goes wrong on the way (BadFile,
    BatchClosed, the connection, the ledger), nothing of it runs, and the same id may be sent again.
    """
    try:
        order = read_order(form.fields())
        ledger = made.ledger
        spec = task_of(order, ledger.catalogue.read())
        if order.queue is not None:  # The task's own is declared.
            made.queues.check(order.queue)
        file = _Digested(form.file())
        beginning = list(_beginning(file))
        recorder: Recorder | None = None

        def pieces() -> Iterator[bytes]:
            for piece in chain(beginning, file):
                if recorder:
                    recorder.keep()
                yield piece

        lines = split(pieces())
        # The first line is read before the batch is opened: most wrong files show there, and leave no trace.
        first_line = next(lines)
        header = read_header(first_line, spec) if order.format == "csv" else None
        batch = new_batch(order, spec, form.filename, header, b"".join(beginning)[:_BEGINNING])
        about(batch.id)
        by = submitter()
        admission = ledger.batches.open(batch, by)
        if admission is Admission.TOO_MANY:
            raise too_many(made, by)
        if admission is not Admission.NEW:
            _compare(ledger, batch.id, admission, file)
            return batch.id, admission
    except BrokenOff as error:
        raise UploadBroken(id="(not opened yet)") from error
    retries = spec.retries if order.retries is None else order.retries
    recorder = Recorder(ledger, batch, retries, made.settings.upload_lease_seconds)
    rest, first = (lines, 2) if header is not None else (chain([first_line], lines), 1)
    try:
        line_seconds = _read_now_and_then(lambda: ledger.batches.line_seconds(spec.name))
        recorder.record(chunks(rest, first, line_seconds))
        _close(ledger, batch, file.digest())
    except BaseException as error:  # The server's own stop too: half a file must never run.
        _give_up(ledger, batch)
        if isinstance(error, BrokenOff):
            raise UploadBroken(id=batch.id) from error
        raise
    made.meters.lines.inc(recorder.lines)
    return batch.id, admission


class _Digested:
    """The pieces of a file, with a digest of all that went by."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._sum = blake2b(digest_size=16)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self._sum.update(piece)
        return piece

    def digest(self) -> bytes:
        return self._sum.digest()


def _compare(ledger: Ledger, id: str, admission: Admission, file: _Digested) -> None:
    """Read the rest of a file whose id is known. Raises where it is not the one on record."""
    if admission is Admission.CANCELLED:
        known = ledger.batches.get(id)
        by = ((known and known.revoked) or "cancelled by somebody").removeprefix("cancelled by ")
        raise BatchCancelled(id=id, by=by)
    on_record = ledger.batches.digest(id)
    if admission is Admission.REPEATED:
        for _ in file:
            pass
    if admission is Admission.CONFLICT or on_record not in (
        b"",
        file.digest(),
    ):  # None kept by older versions.
        raise IdTaken(id=id)


def _close(ledger: Ledger, batch: NewBatch, digest: bytes) -> None:
    """Let the batch run. Asked again where the answer got lost: closing twice is closing once."""
    for pause in (0.2, 1.0, 2.0):
        try:
            return ledger.batches.close(batch.id, upload=batch.upload, digest=digest)
        except LedgerUnavailable:
            time.sleep(pause)
    return ledger.batches.close(batch.id, upload=batch.upload, digest=digest)


def _beginning(pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        yield piece
        size += len(piece)
        if size >= _BEGINNING:
            return


def _read_now_and_then(read: Callable[[], float | None]) -> Callable[[], float | None]:
    """Remember an answer for a second: it is asked for before each chunk."""
    at, value = float("-inf"), None

    def remembered() -> float | None:
        nonlocal at, value
        if time.monotonic() - at > 1.0:
            at, value = time.monotonic(), read()
        return value

    return remembered


def _give_up(ledger: Ledger, batch: NewBatch) -> None:
    """Abandon a batch. When the ledger is away too, the upload's lease lapses and the scheduler does it."""
    try:
        given_up = ledger.batches.abandon(batch.id, upload=batch.upload)
    except LongshoreError as error:
        _log.warning("upload left to lapse", reason=error.detail)
    else:
        _log.info("upload abandoned" if given_up else "upload ended, its batch goes on without it")
