"""Bytes into lines, as they stream in: a piece of the file and one line are all that is ever in memory."""

import codecs
from collections.abc import Iterable, Iterator
from typing import IO, Final

from longshore.errors import BadFile

LINE_LIMIT: Final = 262_144
"""Longest line, bytes without its end: what the arguments of one task may hold."""

PIECE: Final = 65_536

REFUSED: Final = "\0"
"""Begins a line that has already failed; the reason follows. No text of a user's holds a NUL."""

_TOO_LONG: Final = f"{REFUSED}the line is longer than {LINE_LIMIT} bytes"
_BINARY: Final = "a NUL byte: this is no text file (or UTF-16 or UTF-32, which must be saved as UTF-8)"
_OLD_MAC: Final = "lines end in a carriage return alone; save the file with line ends of Unix or Windows"

_UNPACK: Final = "; unpack it first, and upload what is in it"
_BEGINNINGS: Final = {
    codecs.BOM_UTF32_LE: "the text is UTF-32; save it as UTF-8",
    codecs.BOM_UTF32_BE: "the text is UTF-32; save it as UTF-8",
    codecs.BOM_UTF16_LE: "the text is UTF-16; save it as UTF-8",
    codecs.BOM_UTF16_BE: "the text is UTF-16; save it as UTF-8",
    b"\x1f\x8b": f"this is a gzip archive{_UNPACK}",
    b"PK\x03\x04": (
        "this is a zip archive, as Excel's .xlsx are; unpack it, or save the sheet as CSV in UTF-8"
    ),
    b"BZh": f"this is a bzip2 archive{_UNPACK}",
    b"\xfd7zXZ\x00": f"this is an xz archive{_UNPACK}",
    b"\x28\xb5\x2f\xfd": f"this is a zstd archive{_UNPACK}",
    b"7z\xbc\xaf\x27\x1c": f"this is a 7z archive{_UNPACK}",
    b"%PDF-": "this is a PDF document; save what is in it as text in UTF-8",
}
"""How files begin that are no lines of text, the longer beginnings first. UTF-32's begins like UTF-16's."""
_HEAD: Final = max(map(len, _BEGINNINGS))


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a file or a socket in pieces that `split` takes."""
    while piece := stream.read(PIECE):
        yield piece


def split(stream: Iterable[bytes]) -> Iterator[str]:
    r"""Yield the file's lines without their ends (\n or \r\n); the last one may have none.

    A byte-order mark is dropped. A line over LINE_LIMIT is replaced by REFUSED and a reason, so that it
    costs one line of output. Raises BadFile, with the line's number, for what no line can make good: an
    empty file, an archive, a NUL, UTF-16, text that is not UTF-8, lines that end in \r alone; the lines
    before that one have been yielded.
    The pieces' sizes never matter.
    """
    splitter = _Splitter()
    for piece in _without_mark(stream):
        for start in range(0, len(piece), PIECE):
            yield from splitter.feed(piece[start : start + PIECE])
    yield from splitter.end()


def _without_mark(stream: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(stream)
    head = b""
    for piece in rest:
        head += piece
        if len(head) >= _HEAD:
            break
    for beginning, reason in _BEGINNINGS.items():
        if head.startswith(beginning):
            raise BadFile(line=1, reason=reason)
    head = head.removeprefix(codecs.BOM_UTF8)
    yield head
    empty = not head
    for piece in rest:
        empty = empty and not piece
        yield piece
    if empty:
        raise BadFile(line=1, reason="the file is empty")


class _Splitter:
    """What is between two pieces: the unfinished line, and how many lines went before it."""

    def __init__(self) -> None:
        self._tail = bytearray()  # Grows in place: a file may well arrive byte by byte.
        self._too_long = False
        self._lines = 0
        self._returns = False

    def feed(self, piece: bytes) -> Iterator[str]:
        whole, newline, tail = piece.rpartition(b"\n")
        nul = piece.find(b"\0")
        if nul >= 0:
            whole, newline, _ = piece[:nul].rpartition(b"\n")
        if newline:
            yield from self._whole(whole)
        if nul >= 0:
            raise BadFile(line=self._lines + 1, reason=_BINARY)
        if tail and not self._lines and b"\r" in self._tail[-1:] + tail[:-1]:
            self._returns = True  # In the middle of a file that has had no line end so far.
        if self._too_long:
            return
        self._tail += tail
        if len(self._tail) > LINE_LIMIT + 1:  # One more for a \r that may yet belong to the line's end.
            self._tail.clear()
            self._too_long = True

    def end(self) -> Iterator[str]:
        if not self._lines and self._returns:
            raise BadFile(line=1, reason=_OLD_MAC)
        if self._tail or self._too_long:
            yield from self._whole(b"")

    def _whole(self, block: bytes) -> Iterator[str]:
        """Take the tail and `block`, which end a line."""
        if self._too_long:
            self._too_long = False
            self._lines += 1
            yield _TOO_LONG
            _, newline, block = block.partition(b"\n")
            if not newline:
                return
        block = bytes(self._tail) + block
        self._tail.clear()
        if len(block) <= LINE_LIMIT:
            try:
                lines = block.decode().replace("\r\n", "\n").removesuffix("\r").split("\n")
            except UnicodeDecodeError:
                pass  # Line by line below, to find which.
            else:
                self._lines += len(lines)
                yield from lines
                return
        for line in block.split(b"\n"):
            text = self._one(line.removesuffix(b"\r"))
            self._lines += 1
            yield text

    def _one(self, line: bytes) -> str:
        if len(line) > LINE_LIMIT:
            return _TOO_LONG
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            number = self._lines + 1
            reason = (
                f"not UTF-8 at its byte {error.start + 1} ({line[error.start]:#04x}); save the file as UTF-8"
            )
            raise BadFile(line=number, reason=reason) from error
