"""What came back of a request, and what it says about what was asked."""

import errno
import socket
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

Known = Literal["ok", "fail", "info"]

_UNREACHED: Final = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH})
_NOT_RECORDED: Final = frozenset({"urn:longshore:ledger-full"})
"""Answers 503 that are certain: nothing was done. Of the others, the ledger may have done it and died."""


class Answer(Struct, frozen=True):
    """What came back. Status 0: nothing did."""

    status: int
    body: bytes = b""
    error: Exception | None = None

    @property
    def known(self) -> Known:
        """Whether it was done, was certainly not, or may have been."""
        if 200 <= self.status < 300:
            return "ok"
        if self.error is not None and self.status == 0:
            return "fail" if _never_reached(self.error) else "info"
        if self.status < 500 or self.problem in _NOT_RECORDED:
            return "fail"
        return "info"

    @property
    def problem(self) -> str:
        """The problem's type, where it is one of ours."""
        try:
            return str(msgspec.json.decode(self.body, type=dict[str, Any]).get("type", ""))
        except msgspec.MsgspecError:
            return ""

    @property
    def why(self) -> str:
        """What went wrong, in a line."""
        if self.status == 0:
            return f"{type(self.error).__name__}: {self.error}"
        return self.problem or f"status {self.status}"


def _never_reached(error: Exception) -> bool:
    return isinstance(error, socket.gaierror) or (isinstance(error, OSError) and error.errno in _UNREACHED)
