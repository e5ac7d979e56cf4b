"""An exception as the ledger keeps it: `{"type", "message", "traceback"}`, of a size that fits anywhere."""

import signal
import threading
import traceback
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from longshore.values import encode

_LONGEST: Final = 16_384
_SECONDS: Final = 1.0
"""What an exception's `__str__` may take."""
_OURS: Final = (
    "longshore_worker/celery_adapter/tasks.py",
    "longshore_worker/execution/child.py",
    "longshore_worker/execution/chunk.py",
    "longshore_worker/execution/forks.py",
    "longshore/task/decorator.py",
)


class Fault(NamedTuple):
    """What an exception says of itself."""

    type: str
    message: str
    traceback: str = ""
    told: bool = True
    """Whether it could be asked; nobody else should try where it could not."""

    @classmethod
    def of(cls, error: BaseException) -> "Fault":
        """Ask an exception. Its `__str__` is the user's: it may raise, exit or never end."""
        kind, trace = type(error).__name__, error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename.endswith(_OURS):
            trace = trace.tb_next
        try:
            message = _in_time(lambda: str(error))
        except BaseException as worse:  # noqa: BLE001
            message = f"(its message cannot be shown: {type(worse).__name__})"
            told = [*traceback.format_tb(trace), f"{kind}: {message}\n"]
            return cls(kind, message, "".join(told), told=False)
        try:
            told = _in_time(lambda: traceback.format_exception(type(error), error, trace))
        except BaseException:  # noqa: BLE001  # that of another one in its chain
            told = [*traceback.format_tb(trace), f"{kind}: {message}\n"]
        return cls(kind, message, "".join(told))

    @property
    def line(self) -> str:
        """On one line: `ValueError: expected a number`."""
        text = " ".join(self.message.split())
        return f"{self.type}: {text}" if text else self.type

    def json(self) -> bytes:
        """For the ledger. Long texts lose their middle, where the least is said."""
        return encode(
            {
                "type": _shortened(self.type),
                "message": _shortened(self.message),
                "traceback": _shortened(self.traceback),
            }
        )


class _TooSlow(BaseException):
    pass


def _in_time(ask: Callable[[], Any]) -> Any:
    """Call `ask`; raise if that takes too long. Only a main thread can be interrupted: others are not."""
    if threading.current_thread() is not threading.main_thread():
        return ask()

    def interrupt(*_: object) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        return ask()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _shortened(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair has no JSON
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters ...\n{text[-half:]}"
