"""What is uploaded: a file from where it stands, or a pipe as it comes."""

import io
import os
from typing import IO, Any, Final

from longshore.client.problems import FileChanged

_PIECE: Final = 65_536


class Whole:
    """A file that can be rewound. Its length is told beforehand, and exactly so much of it is sent.

    httpx asks for the length with `seek` and `tell`, and rewinds to 0: that is where the file stood.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start = file.tell()
        self._length = file.seek(0, os.SEEK_END) - self._start
        self._at = 0
        self.rewind()

    def read(self, size: int = -1) -> bytes:
        """Raises FileChanged where the file has become shorter."""
        wanted = self._length - self._at
        piece = self._file.read(wanted if size < 0 else min(size, wanted))
        if wanted and size and not piece:
            raise FileChanged(length=self._length, at=self._at)
        self._at += len(piece)
        return piece

    def tell(self) -> int:
        """Bytes from where the file stood."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """To that place, counted from where the file stood."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = base + offset
        self._file.seek(self._start + self._at)
        return self._at

    def rewind(self) -> bool:
        """It can be sent again."""
        self.seek(0)
        return True


class Piped:
    """What can be read once, and has no length: a pipe, a FIFO, a socket, standard input."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._begun = False

    def read(self, size: int = -1) -> bytes:
        """What there is, as it comes."""
        self._begun = True
        read = getattr(self._file, "read1", self._file.read)
        piece: bytes = read(_PIECE if size < 0 else size)
        return piece

    def rewind(self) -> bool:
        """It can be sent again as long as nothing of it was read."""
        return not self._begun


def source_of(file: Any) -> Whole | Piped:
    """What to send of something that is open for reading bytes. Raises TypeError for text."""
    if isinstance(file, io.TextIOBase) or not hasattr(file, "read"):
        raise TypeError("upload takes a path, or a file that is open for reading bytes: open(path, 'rb')")
    try:
        return Whole(file) if file.seekable() else Piped(file)
    except (AttributeError, OSError):  # What merely has `read`, and FIFOs that say they can be rewound.
        return Piped(file)
