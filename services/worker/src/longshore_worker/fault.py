"""An exception as the ledger keeps it: `{"type", "message", "traceback"}`, of a size that fits anywhere."""

import traceback
from typing import Final

from longshore.values import encode

_LONGEST: Final = 16_384
_OURS: Final = ("longshore_worker/child.py", "longshore_worker/chunk.py", "longshore/task/decorator.py")


def says(error: BaseException) -> str:
    """The exception on one line: `ValueError: expected a number`."""
    text = " ".join(_message(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def describe(error: BaseException) -> bytes:
    """The exception as JSON, with the user's frames of its traceback."""
    return fault(type(error).__name__, _message(error), _traceback(error))


def fault(kind: str, message: str, trace: str = "") -> bytes:
    """A failure as JSON. Long texts lose their middle, where the least is said."""
    return encode({"type": kind, "message": _shortened(message), "traceback": _shortened(trace)})


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # __str__ is the user's
        return "(its message cannot be shown)"


def _traceback(error: BaseException) -> str:
    try:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename.endswith(_OURS):
            trace = trace.tb_next
        return "".join(traceback.format_exception(type(error), error, trace))
    except Exception:  # noqa: BLE001  # the same __str__
        return ""


def _shortened(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair has no JSON
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters ...\n{text[-half:]}"
