"""What a task finds around it in a pool's child, and what it leaves to the next one.

A task sees the signals that Python sees by default, and so do the programs it starts. Between tasks the child
ignores SIGTERM and SIGINT, as a pool's child should. What a task has changed of its process is put back as it
ends; a child in which that cannot be done ends, and another one takes its place.
"""

import builtins
import os
import random
import resource
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from longshore_worker.execution.orphans import MARK
from longshore_worker.execution.streams import Streams, Unrestored

_FATAL: Final = {signal.SIGSEGV, signal.SIGFPE, signal.SIGABRT, signal.SIGBUS, signal.SIGILL}
"""Those of `faulthandler`: Python cannot put its handlers back."""
_REAL_TIME: Final = 32
"""From here on: too many to look at after each task, and hardly used."""
_SIGNALS: Final = tuple(
    number
    for number in sorted(map(int, signal.valid_signals() - _FATAL - {signal.SIGKILL, signal.SIGSTOP}))
    if number < _REAL_TIME
)
_TIMERS: Final = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
_LIMITS: Final = tuple(
    sorted({value for name, value in vars(resource).items() if name.startswith("RLIMIT_")})
)
_ours: Final[dict[int, signal.Handlers]] = {signal.SIGTERM: signal.SIG_IGN, signal.SIGINT: signal.SIG_IGN}

_BUILTINS: Final = vars(builtins)
_touched: Final = {"seed": False, "limits": False}
"""What is too dear to compare after each task: noted when it is changed."""


def note_changes() -> None:
    """Note it from now on when somebody seeds `random` or sets a limit. Before tasks are imported."""
    any_random: Any = random
    any_resource: Any = resource
    any_random.seed = _noting("seed", random.seed)
    any_random.setstate = _noting("seed", random.setstate)
    any_resource.setrlimit = _noting("limits", resource.setrlimit)
    if hasattr(resource, "prlimit"):
        any_resource.prlimit = _noting("limits", resource.prlimit)


def _noting(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def noting(*args: Any, **kwargs: Any) -> Any:
        _touched[what] = True
        return function(*args, **kwargs)

    return noting


def mark_environment() -> None:
    """Let what this process starts be known by its environment."""
    os.environ[MARK] = str(os.getpid())


class Surroundings:
    """Those of this process, as they are now: the ones that each task is to find."""

    def __init__(self) -> None:
        found = {number: signal.getsignal(number) for number in _SIGNALS}
        self._plain = {number: handler for number, handler in found.items() if handler is not None}  # not C's
        self._plain |= {signal.SIGTERM: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}
        # Celery's and billiard's own: they end a child in ways that a task does not expect.
        self._plain |= {signal.SIGQUIT: signal.SIG_DFL, signal.SIGUSR1: signal.SIG_DFL}
        for number, handler in self._plain.items():
            signal.signal(number, _ours.get(number, handler))
        self._handlers = [*self._plain.values()]
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self._usual: tuple[Any, ...] = ()
        self._masked = False
        self._folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        self._path = _path()
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        self._environment = _environment().copy()
        self._builtins = _BUILTINS.copy()
        self._builtin_values = [*_BUILTINS.values()]
        self._builtins_replaced = False
        self._tracing = _tracing()
        self._recursion = sys.getrecursionlimit()
        _touched.update(dict.fromkeys(_touched, False))
        self._limits = [resource.getrlimit(limit) for limit in _LIMITS]
        self._streams = Streams(self._folder)

    def enter(self) -> None:
        """A job begins: tasks see Python's signals."""
        for number in _ours:
            signal.signal(number, self._plain[number])
        self._usual = self._usual or self._now()

    def leave(self) -> list[str]:
        """A job is over: the pool's signals again. Returns what was put back, as `restore`, but looks closer.

        Raises Unrestored.
        """
        found = self.restore(closely=True)
        for number, handler in _ours.items():
            signal.signal(number, handler)
        return found

    def restore(self, *, closely: bool = False) -> list[str]:
        """Put back what a task has changed, and say what that was. Raises Unrestored."""
        if not closely and self._is_usual():
            return []
        found = [*self._restore_interpreter(), *self._restore_process(closely=closely)]
        if self._streams.restore(closely=closely):
            found.append("standard input or output")
        return found

    def _is_usual(self) -> bool:
        """A quick look after each task of several: what a batch of no-ops does not notice."""
        return (
            self._now() == self._usual
            and self._has_umask()
            and _environment() == self._environment
            and not (self._builtins_replaced or _touched["seed"] or _touched["limits"])
        )

    def _now(self) -> tuple[Any, ...]:
        return (
            _path(),
            signal.getitimer(signal.ITIMER_REAL),
            [*map(signal_handler, self._plain)],
            sys.gettrace(),
            sys.getprofile(),
            threading.gettrace(),
            threading.getprofile(),
            sys.getrecursionlimit(),
            sys.stdin,
            sys.stdout,
            sys.stderr,
            self._streams.troubles(),
            getattr(sys.stdin, "closed", False),
        )

    def _has_umask(self) -> bool:
        """There is no way to ask for it but to set it."""
        if os.umask(self._umask) != self._umask:
            self._masked = True
        return not self._masked

    def _restore_interpreter(self) -> list[str]:
        found = []
        if self._builtins_replaced:
            self._builtins_replaced = False
            found.append("built-in functions")
        if _tracing() != self._tracing:
            self._restore_tracing()
            found.append("a trace function")
        if sys.getrecursionlimit() != self._recursion:
            sys.setrecursionlimit(self._recursion)
            found.append("the recursion limit")
        if _touched["seed"]:
            random.seed()
            _touched["seed"] = False
            found.append("the random seed")
        return found

    def _restore_process(self, *, closely: bool) -> list[str]:
        found = []
        if signal.getitimer(signal.ITIMER_REAL)[0] or (closely and _has_timers()):
            _stop_timers()
            found.append("a pending alarm")
        if list(map(signal_handler, self._plain)) != self._handlers:
            self._restore_signals()
            found.append("signal handlers")
        if not self._has_umask():
            self._masked = False
            found.append("the umask")
        if _environment() != self._environment:
            self._restore_environment()
            found.append("environment variables")
        if _path() != self._path and self._restore_folder():
            found.append("the working directory")
        if _touched["limits"] and self._restore_limits():
            found.append("resource limits")
        if closely and signal.pthread_sigmask(signal.SIG_BLOCK, ()) != self._mask:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            found.append("blocked signals")
        return found

    def restore_builtins(self) -> None:
        """Put back built-in functions that a task has replaced, without the help of one."""
        if [*_BUILTINS.values()] == self._builtin_values:
            return
        for name, value in self._builtins.items():  # Further ones may come: gettext.install.
            if name not in _BUILTINS or _BUILTINS[name] is not value:
                self._builtins_replaced = True
        _BUILTINS.update(self._builtins)
        self._builtin_values = [*_BUILTINS.values()]

    def _restore_tracing(self) -> None:
        trace, profile, trace_threads, profile_threads = self._tracing
        threading.settrace(trace_threads)
        threading.setprofile(profile_threads)
        sys.setprofile(profile)
        sys.settrace(trace)

    def _restore_signals(self) -> None:
        for number, handler in self._plain.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    def _restore_environment(self) -> None:
        now = _environment()
        for name in now.keys() - self._environment.keys():
            del os.environb[name]
        for name, value in self._environment.items():
            if now.get(name) != value:
                os.environb[name] = value

    def _restore_folder(self) -> bool:
        """Go back. False: it is the worker's own folder that is gone, and no task's fault."""
        if os.path.samestat(Path().stat(), os.fstat(self._folder)):
            return False
        try:
            os.fchdir(self._folder)
        except OSError as error:
            raise Unrestored(f"the working directory: {error}") from error
        return True

    def _restore_limits(self) -> bool:
        found = False
        for limit, (soft, hard) in zip(_LIMITS, self._limits, strict=True):
            if resource.getrlimit(limit) == (soft, hard):
                continue
            found = True
            try:
                resource.setrlimit(limit, (soft, hard))
            except (OSError, ValueError) as error:
                raise Unrestored("a resource limit, which was lowered for good") from error
        _touched["limits"] = False  # Last: putting them back is noted, too.
        return found


signal_handler: Final[Callable[[int], Any]] = sys.modules["_signal"].getsignal
"""`signal.getsignal` without its enumeration, which takes twenty times as long."""


def _environment() -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined]  # noqa: SLF001  # a copy costs
    return found


def _path() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109  # a path object costs more than the call
    except OSError:
        return None  # deleted


def _has_timers() -> bool:
    return any(signal.getitimer(timer)[0] for timer in _TIMERS)


def _stop_timers() -> None:
    for timer in _TIMERS:
        signal.setitimer(timer, 0)


def _tracing() -> tuple[Any, Any, Any, Any]:
    return sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()
