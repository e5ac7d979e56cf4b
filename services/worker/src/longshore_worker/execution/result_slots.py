"""Result slots: memory that a worker's parent and its pool share, one slot for each job in flight.

The child writes what it begins and how each item ended; the parent reads it whenever it likes, whether the
child answers, is stuck or dead. Results come this way too, never pickled through the pool's pipe: so a child
that dies takes nothing with it that had ended.

A mark is acted on only at a later look, `SETTLED` seconds after it was made: that is all the ordering two
processors need between "begun, then look whether to skip" and "skip, then look what is begun".
"""

import atexit
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from mmap import mmap
from struct import Struct
from typing import Final, NamedTuple

SETTLED: Final = 0.01
"""Seconds after which a mark of one side is certain to have been seen by the other."""
SPACE: Final = 65_536
"""Bytes of outcomes after which a child begins nothing more, so that one more result always fits."""
MOST_ITEMS: Final = 64
"""Items that the bits of the skip word can name."""

_HEAD: Final = 128
_PAGE: Final = 4096
_ALL: Final = (1 << 64) - 1
# Words of a slot's head. Each has one writer: P the parent, C the child.
_SERIAL = 0  # P: the job that has the slot
_SKIP = 1  # P: a bit for each item that must not be begun any more
_CANCEL = 2  # P: number (from 1) of the item that is asked to stop
_PID = 3  # C: process that runs the job
_BEGUN = 4  # C: number of the last item begun
_ENDED = 5  # C: number of the last item ended
_BEGUN_AT = 6  # C: when that was, ns of CLOCK_MONOTONIC
_USED = 7  # C: bytes of outcomes
_DONE = 8  # C: progress of the item begun
_TOTAL = 9  # C

_RECORD: Final = Struct("<HBxIQ")  # item, kind, length of the value, run time in us


class Kind(IntEnum):
    """How an item ended."""

    SUCCESS = 1
    FAILURE = 2
    REFUSED = 3
    """Failed, and would fail again: it is not retried."""
    STOPPED = 4
    """Ended because it was asked to."""
    SKIPPED = 5
    """Never begun after all: the parent had taken it back."""
    BLANK = 6
    """A blank line of a file."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One outcome, as the child wrote it."""

    index: int
    kind: Kind
    value: bytes
    runtime_us: int


class Slot:
    """A job's place in that memory, for either side."""

    def __init__(self, memory: memoryview, number: int) -> None:
        self.number = number
        self._words = memory[:_HEAD].cast("Q")  # native words: stored and read in one piece
        self._records = memory[_HEAD:]
        # Two places, for in a pool of threads both sides use this very object.
        self._read_to = 0  # the parent's
        self._written_to = 0  # the child's

    # The parent's side

    def give_to(self, serial: int) -> None:
        """Wipe the slot for a new job."""
        words = self._words
        for word in range(_DONE + 2):
            words[word] = 0
        words[_SERIAL] = serial
        self._read_to = 0

    @property
    def pid(self) -> int:
        """The process that has taken the job; 0 while none has."""
        return self._words[_PID]

    @property
    def begun(self) -> int:
        """How far the child has come: every item before this one is begun or skipped."""
        return self._words[_BEGUN]

    @property
    def used(self) -> int:
        """Bytes of outcomes."""
        return self._words[_USED]

    def running(self) -> tuple[int, float] | None:
        """The item that is being run and for how many seconds, if one is."""
        words = self._words
        begun = words[_BEGUN]
        if begun == words[_ENDED]:
            return None
        return begun - 1, (time.monotonic_ns() - words[_BEGUN_AT]) / 1e9

    def skip(self, index: int) -> None:
        """Item `index` must not be begun any more."""
        self._words[_SKIP] |= 1 << index

    def skip_all(self) -> None:
        """Nothing more must be begun."""
        self._words[_SKIP] = _ALL

    def ask_to_stop(self, index: int) -> None:
        """Let the item find out that it is cancelled, if it asks."""
        self._words[_CANCEL] = index + 1

    @property
    def progress(self) -> tuple[int, int]:
        """What the item begun says of itself: done, total. Total 0: nothing."""
        return self._words[_DONE], self._words[_TOTAL]

    def read(self, used: int) -> Iterator[Ended]:
        """The outcomes not read yet, up to `used` bytes."""
        while self._read_to < used:
            index, kind, length, runtime_us = _RECORD.unpack_from(self._records, self._read_to)
            start = self._read_to + _RECORD.size
            self._read_to = start + length
            yield Ended(index, Kind(kind), bytes(self._records[start : self._read_to]), runtime_us)

    # The child's side

    def open(self, serial: int) -> bool:
        """Take the job. False: the slot belongs to another one by now."""
        if self._words[_SERIAL] != serial:
            return False
        self._written_to = 0
        self._words[_PID] = os.getpid()
        return True

    @property
    def full(self) -> bool:
        """Whether another outcome might not fit."""
        return self._written_to > SPACE

    def begin(self, index: int) -> bool:
        """Mark item `index` as begun. False: it was taken back, and its neighbours may have been, too."""
        words = self._words
        bit = 1 << min(index, MOST_ITEMS - 1)
        if words[_SKIP] & bit:
            self._write(index, Kind.SKIPPED, b"", 0)
            return False
        words[_DONE] = words[_TOTAL] = 0
        words[_BEGUN_AT] = time.monotonic_ns()
        words[_BEGUN] = index + 1
        if words[_SKIP] & bit:
            self.end(index, Kind.SKIPPED, b"", 0)
            return False
        return True

    def forbid_writing(self) -> None:
        """Let this process read the slot only."""
        self._words, self._records = self._words.toreadonly(), self._records.toreadonly()

    def end(self, index: int, kind: Kind, value: bytes, runtime_us: int) -> None:
        """Write down how the item begun last ended."""
        self._write(index, kind, value, runtime_us)
        self._words[_ENDED] = index + 1

    def note(self, done: int, total: int) -> None:
        """Write down how far the item is."""
        self._words[_DONE] = max(0, min(done, _ALL))
        self._words[_TOTAL] = max(0, min(total, _ALL))

    def asked_to_stop(self) -> bool:
        """Whether the item begun is to stop."""
        return self._words[_CANCEL] == self._words[_BEGUN]

    def _write(self, index: int, kind: Kind, value: bytes, runtime_us: int) -> None:
        # A task may set back the clock that both its ends are read from.
        _RECORD.pack_into(self._records, self._written_to, index, kind, len(value), max(runtime_us, 0))
        start = self._written_to + _RECORD.size
        self._written_to = start + len(value)
        self._records[start : self._written_to] = value
        self._words[_USED] = self._written_to


class Place(NamedTuple):
    """Where result slots are, and how large: what another process opens it by."""

    path: str
    slots: int
    result_limit: int
    """Largest result, bytes."""


class ResultSlots:
    """All slots."""

    def __init__(self, place: Place, memory: mmap) -> None:
        self.place = place
        size = slot_size(place.result_limit)
        view = memoryview(memory)
        self.slots = [Slot(view[n * size : (n + 1) * size], n) for n in range(place.slots)]

    @classmethod
    def create(cls, slots: int, result_limit: int) -> "ResultSlots":
        """New result slots of this process; their memory is taken only as it is written to.

        Children that are forked later inherit it.
        """
        descriptor, path = _descriptor()
        place = Place(path, slots, result_limit)
        os.ftruncate(descriptor, slots * slot_size(result_limit))
        return cls._open(place, descriptor)

    @classmethod
    def at(cls, place: Place) -> "ResultSlots":
        """Those of that place: the ones inherited, or opened now (a spawned child)."""
        return _opened.get(place.path) or cls._open(place, os.open(place.path, os.O_RDWR))

    @staticmethod
    def forbid_writing() -> None:
        """Let this process read its result slots only: it is a copy of the one they are for."""
        for opened in _opened.values():
            for slot in opened.slots:
                slot.forbid_writing()

    @classmethod
    def _open(cls, place: Place, descriptor: int) -> "ResultSlots":
        memory = mmap(descriptor, place.slots * slot_size(place.result_limit))
        result_slots = _opened[place.path] = cls(place, memory)
        return result_slots


_opened: Final[dict[str, ResultSlots]] = {}


def slot_size(result_limit: int) -> int:
    """Bytes of a slot: its head, `SPACE`, and one more result with its record."""
    size = _HEAD + SPACE + 2 * _RECORD.size + result_limit
    return -(-size // _PAGE) * _PAGE


def _descriptor() -> tuple[int, str]:
    # Not /dev/shm, which is 64 MB in a container: a write beyond that is a SIGBUS. Memory without a name is
    # bound by the container's own limit and leaves nothing behind.
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("longshore-result-slots", os.MFD_CLOEXEC)
        return descriptor, f"/proc/{os.getpid()}/fd/{descriptor}"
    descriptor, path = tempfile.mkstemp(prefix="longshore-result-slots-")
    atexit.register(os.unlink, path)
    return descriptor, path
