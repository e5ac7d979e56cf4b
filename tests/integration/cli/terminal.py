"""A command at a terminal: a pseudo-terminal that it controls, as a shell's would be."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, Literal

_TAKE_THE_TERMINAL: Final = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if sys.argv[1] == "nohup":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
elif sys.argv[1] == "make":
    # As `make` does it: the kernel tells the first process alone, which keeps it to itself and waits.
    signal.signal(signal.SIGHUP, lambda *_: None)
    child = os.fork()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # The tests themselves may run by nohup.
os.execv(sys.executable, [sys.executable, "-P", "-m", "longshore_cli", *sys.argv[2:]])
"""


@contextmanager
def in_a_terminal(
    *words: str, by: Literal["", "nohup", "make"] = "", environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run `longshore words` and yield its process and the terminal's other end, which the caller closes.

    by: who runs it there, the terminal itself or another program.
    """
    terminal, inner = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_THE_TERMINAL, by, *words],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        env=inherited | {"TERM": "xterm-256color"} | dict(environment or {}),
    )
    os.close(inner)
    try:
        yield process, terminal
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
