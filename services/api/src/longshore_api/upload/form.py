"""A multipart form read as it comes: small fields first, then one file.

Werkzeug's own parser writes the whole file to disk before a view sees any of it; a million lines would be
read twice, and the first bad byte of a wrong file reported after its last. Parsers that call back cannot stop
after the fields, to open the batch before its lines come.
"""

from collections.abc import Iterator
from typing import Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData, State

from longshore.names import file_name
from longshore_api.errors import BodyCut, InvalidRequest, MalformedBody
from longshore_api.upload.delimiters import whole_delimiters

FILE: Final = "file"
_FIELD_LIMIT: Final = 8_192
_BUFFER: Final = 262_144
_PARTS: Final = 20


class BrokenOff(Exception):
    """The body ended before the form did."""


class UploadForm:
    """One form. `fields()` first, then `file()`.

    Both raise InvalidRequest, MalformedBody, and BrokenOff.
    """

    def __init__(self, pieces: Iterator[bytes], boundary: bytes) -> None:
        self._pieces = whole_delimiters(pieces, boundary)
        self._decoder = MultipartDecoder(boundary, _BUFFER, max_parts=_PARTS)
        self.filename = ""

    def fields(self) -> dict[str, str]:
        """Read up to the file; return what came before it."""
        fields: dict[str, str] = {}
        while True:
            event = self._next()
            if isinstance(event, Field | File) and event.name == FILE:
                self.filename = (
                    file_name(event.filename) if isinstance(event, File) and event.filename else ""
                )
                return fields
            if isinstance(event, Field):
                if event.name in fields:
                    raise InvalidRequest(field=event.name, reason="given twice")
                fields[event.name] = self._value(event.name)
            elif isinstance(event, File):
                raise InvalidRequest(field=event.name, reason=f"is a file; the file's field is `{FILE}`")
            elif isinstance(event, Epilogue):
                raise InvalidRequest(field=FILE, reason="missing")

    def file(self) -> Iterator[bytes]:
        """The file's pieces, to the end of the form."""
        more = True
        while more:
            event = self._next()
            assert isinstance(event, Data)
            more = event.more_data
            if event.data:
                yield event.data
        after = self._next()
        if isinstance(after, File):
            reason = "a second file, and a batch has one; join them, or upload them one after the other"
            raise InvalidRequest(field=after.name, reason=reason)
        if isinstance(after, Field):
            raise InvalidRequest(
                field=after.name,
                reason="comes after the file; send the fields before it, for the file is run as it arrives",
            )

    def _value(self, name: str) -> str:
        value = b""
        while True:
            event = self._next()
            assert isinstance(event, Data)
            value += event.data
            if len(value) > _FIELD_LIMIT:
                raise InvalidRequest(field=name, reason=f"longer than {_FIELD_LIMIT} bytes")
            if not event.more_data:
                break
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise InvalidRequest(field=name, reason="not UTF-8") from error

    def _next(self) -> Event:
        while True:
            try:
                event = self._decoder.next_event()
            except (ValueError, RequestEntityTooLarge) as error:
                raise MalformedBody(reason=f"The form cannot be read: {error}") from error
            if not isinstance(event, NeedData):
                return event
            piece = self._piece()
            try:
                self._decoder.receive_data(piece)
            except RequestEntityTooLarge as error:
                raise MalformedBody(reason="The form cannot be read: its headers have no end.") from error

    def _piece(self) -> bytes | None:
        """The next bytes; None at the end of a complete form."""
        try:
            piece = next(self._pieces, None)
        except BodyCut as error:
            raise BrokenOff from error
        if piece is None and self._decoder.state is not State.EPILOGUE:
            raise BrokenOff
        return piece
