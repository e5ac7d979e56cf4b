"""An upload, from its first byte to the batch that runs."""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

import structlog

from longshore.errors import LongshoreError
from longshore.ledger import Ledger
from longshore.ledger.records import Admission
from longshore.lines import read_header, split
from longshore_api.access_log import about
from longshore_api.context import Api
from longshore_api.errors import IdTaken, UploadBroken
from longshore_api.upload.chunks import chunks
from longshore_api.upload.form import BrokenOff, UploadForm
from longshore_api.upload.order import new_batch, read_order, task_of
from longshore_api.upload.recorder import Recorder

_log = structlog.get_logger(__name__)

_BEGINNING: Final = 65_536
"""Bytes by which a file is told from another one under the same id."""


def receive(made: Api, form: UploadForm) -> tuple[str, Admission]:
    """Open a batch, fill it while the file arrives, and close it, which lets it run.

    Whatever goes wrong on the way (BadFile, BatchClosed, the connection, the ledger), nothing of it runs. A
    batch that is there already is left as it is, and the rest of the file unread.
    """
    try:
        order = read_order(form.fields())
        ledger = made.ledger
        spec = task_of(order, ledger.catalogue.read())
        file = form.file()
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
    except BrokenOff as error:
        raise UploadBroken(id="(not opened yet)") from error
    about(batch.id)
    admission = ledger.batches.open(batch)
    if admission is Admission.CONFLICT:
        raise IdTaken(id=batch.id)
    if admission is Admission.REPEATED:
        return batch.id, admission
    retries = spec.retries if order.retries is None else order.retries
    recorder = Recorder(ledger, batch.id, header, retries, made.settings.upload_lease_seconds)
    rest, first = (lines, 2) if header is not None else (chain([first_line], lines), 1)
    try:
        recorder.record(chunks(rest, first, _read_now_and_then(lambda: ledger.batches.pace(spec.name))))
        ledger.batches.close(batch.id)
    except BaseException as error:  # The server's own stop too: half a file must never run.
        _give_up(ledger, batch.id)
        if isinstance(error, BrokenOff):
            raise UploadBroken(id=batch.id) from error
        raise
    made.meters.lines.inc(recorder.lines)
    return batch.id, admission


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


def _give_up(ledger: Ledger, batch: str) -> None:
    """Abandon a batch. When the ledger is away too, the upload's lease lapses and the scheduler does it."""
    try:
        ledger.batches.abandon(batch)
    except LongshoreError as error:
        _log.warning("upload left to lapse", reason=error.detail)
    else:
        _log.info("upload abandoned")
