"""Chunks into the ledger, some at a time, before the upload's lease lapses."""

import time
from collections.abc import Iterable
from typing import Final

from longshore_ledger import Ledger
from longshore_ledger.records import Chunk, NewBatch

_MOST_CHUNKS: Final = 200
_MOST_BYTES: Final = 524_288
"""What is held back to be sent in one call: little enough to keep the memory flat."""


class Recorder:
    """Sends the chunks of one open batch."""

    def __init__(self, ledger: Ledger, batch: NewBatch, retries: int, lease: float) -> None:
        self._ledger = ledger
        self._batch = batch
        self._retries = retries
        self._often = lease / 4
        self._held: list[Chunk] = []
        self._size = self._sent = self.lines = 0
        self._sent_at = time.monotonic()

    def record(self, chunks: Iterable[Chunk]) -> None:
        """Send all chunks. Raises BatchClosed when the batch was cancelled or its lease lapsed."""
        for chunk in chunks:
            self._held.append(chunk)
            self._size += sum(map(len, chunk.lines))
            if len(self._held) >= _MOST_CHUNKS or self._size >= _MOST_BYTES:
                self._send()
            else:
                self.keep()
        self._send()

    def keep(self) -> None:
        """Extend the lease when a quarter of it is over: a slow upload is no broken one."""
        if time.monotonic() - self._sent_at >= self._often:
            self._send()

    def _send(self) -> None:
        batch = self._batch
        self._ledger.batches.add(
            batch.id, self._sent, self._held, batch.header, self._retries, upload=batch.upload
        )
        self._sent += len(self._held)
        self.lines += sum(len(chunk.lines) for chunk in self._held)
        self._held, self._size, self._sent_at = [], 0, time.monotonic()
