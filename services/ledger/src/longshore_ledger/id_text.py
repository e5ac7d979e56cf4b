"""A piece of an id, as somebody types it to find a task."""

import re
from typing import Final
from uuid import UUID

_UUID7_BEGINS: Final = re.compile(r"[0-9a-f]{8,12}|[0-9a-f]{12}7[0-9a-f]{0,19}").fullmatch
_DIGITS: Final = 32
_TIME_DIGITS: Final = 12
"""Hexadecimal digits of a UUIDv7's time, in ms since 1970; eight of them say it to about a minute."""


class IdText:
    """Text that an id contains, in large or small letters; a UUIDv7's beginning with dashes or without."""

    def __init__(self, text: str) -> None:
        self._given = text
        self._text = text.lower()
        self._bare = self._text.replace("-", "")
        beginning = self._bare.partition(".")[0]  # of a chunk of a batch, the batch's id
        self._uuid7 = beginning if _UUID7_BEGINS(beginning) else ""

    def whole(self) -> list[str]:
        """The ids that it may be as it stands."""
        ids = [self._given, self._text]
        if len(self._bare) == len(self._uuid7) == _DIGITS:
            ids.append(str(UUID(self._bare)))
        return list(dict.fromkeys(ids))

    def is_in(self, id: str) -> bool:
        """Whether `id` contains it."""
        lower = id.lower()
        return self._text in lower or (bool(self._uuid7) and lower.replace("-", "").startswith(self._bare))

    @property
    def made_at(self) -> int | None:
        """The earliest time at which a UUIDv7 that begins so was made, us since 1970; None if none does."""
        if not self._uuid7:
            return None
        return int(self._uuid7[:_TIME_DIGITS].ljust(_TIME_DIGITS, "0"), 16) * 1000
