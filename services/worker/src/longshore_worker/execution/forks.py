"""Copies of a process that runs tasks, made by a task's `os.fork`.

Such a copy may do what it was forked for. When the task's function ends in it, it ends, too, as any program
would: it reads no job and writes no result, or it would answer for tasks that it does not run.
"""

import os
import signal
import sys
import threading
import traceback
from contextlib import suppress
from functools import cache
from typing import Any, Final, NoReturn

from longshore.task import Task
from longshore_worker.execution import process
from longshore_worker.execution.result_slots import ResultSlots


def call(task: Task[..., Any], args: Any, kwargs: Any) -> Any:
    """Call a task's function; returns, or raises, in the process that called it and in no copy of it."""
    original, here = os.getpid(), process.this()
    try:
        result = task.call(*args, **kwargs)
    except BaseException as error:
        if here is not None:
            here.restore_builtins()
        if os.getpid() != original:
            leave(error)
        raise
    if here is not None:
        here.restore_builtins()
    if os.getpid() != original:
        leave()
    return result


def leave(error: BaseException | None = None) -> NoReturn:
    """End this process like a program that returned from its last line, or raised `error` there."""
    code = 0
    with suppress(BaseException):
        if isinstance(error, SystemExit):
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        elif error is not None:
            code = 1
            traceback.print_exception(error)
    for stream in (sys.stdout, sys.stderr):
        with suppress(BaseException):
            stream.flush()
    os._exit(code & 0xFF)


@cache
def watch() -> None:
    """Have every copy that is forked from now on know what it is."""
    os.register_at_fork(after_in_child=ResultSlots.forbid_writing)
    if threading.current_thread() is not threading.main_thread():
        os.register_at_fork(
            before=_hold_signals, after_in_parent=_let_signals, after_in_child=_forget_handlers
        )


# A worker whose pool is threads has handlers that drain it. In a copy they would do nothing, and
# multiprocessing waits for ever for a process that SIGTERM does not end. Nor must a signal be lost that comes
# before they are gone.

_HANDLED: Final = (signal.SIGTERM, signal.SIGINT)
_held: Final = threading.local()


def _hold_signals() -> None:
    _held.mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)


def _let_signals() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _held.mask)


def _forget_handlers() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _let_signals()
