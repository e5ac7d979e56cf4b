"""Pieces of a form cut anew, so that none ends inside a delimiter.

Werkzeug's decoder (pallets/werkzeug#3285) takes the line end before a delimiter for a part of the file when
what it has been given ends within the delimiter's last bytes: now and then a file would grow by a line.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_PADDING: Final = 70
"""White space after a delimiter, which the standard allows and nobody sends."""


def whole_delimiters(pieces: Iterable[bytes], boundary: bytes) -> Iterator[bytes]:
    """Yield the same bytes; what may be the beginning of a delimiter waits for what comes after it."""
    delimiter = b"--" + boundary
    begun = b"|".join(re.escape(delimiter[:length]) for length in range(len(delimiter)))
    unended = re.escape(delimiter) + rb"(?:-|[ \t]{0,%d}\r?)" % _PADDING
    open_end = re.compile(rb"(?:\r\n|\n|\r)(?:%s|%s)\Z" % (begun, unended))
    reach = len(delimiter) + _PADDING + 4
    held = b""
    for piece in pieces:
        held += piece
        found = open_end.search(held, max(0, len(held) - reach))
        keep = found.start() if found else len(held)
        if keep:
            yield held[:keep]
        held = held[keep:]
    if held:
        yield held
