"""Answers that are saved as files: the name they are saved under, and an end that cannot be taken for one."""

import socket
import struct
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from flask import request
from werkzeug.http import dump_options_header

from longshore.names import file_name

_NO_LINGER: Final = struct.pack("ii", 1, 0)
_PLAIN: Final = "!#$&+-.^_`|~"
"""What RFC 5987 leaves as it is in `filename*`, besides letters and digits."""


def attachment(stem: str, ending: str, otherwise: str) -> str:
    """The header Content-Disposition for a file called `stem` and `ending` (RFC 6266).

    Headers are ASCII to some programs and Latin-1 to others, so a name with other letters is sent twice:
    percent-encoded, which browsers and curl prefer, and as near in ASCII as it gets. Where nothing of it is
    left in ASCII, that one is `otherwise` and `ending`.
    """
    name = file_name(stem, ending) or file_name(otherwise, ending)
    if name.isascii():
        return dump_options_header("attachment", {"filename": name})
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    if not any(map(str.isalnum, plain)):
        plain = otherwise
    encoded = quote(name, safe=_PLAIN)
    names = {"filename": file_name(plain, ending), "filename*": f"UTF-8''{encoded}"}
    return dump_options_header("attachment", names)


def unbroken(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass the pieces on; on an error between them, reset the connection.

    A chunked answer without its last chunk shows that it is short. One to HTTP/1.0, which nginx speaks to
    what is behind it unless told otherwise, ends where the connection ends: only a reset tells it from a
    whole one.
    """
    return _unbroken(pieces, request.environ.get("gunicorn.socket"))


def _unbroken(pieces: Iterator[bytes], connection: socket.socket | None) -> Iterator[bytes]:
    try:
        yield from pieces
    except Exception:
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            connection.close()
        raise
