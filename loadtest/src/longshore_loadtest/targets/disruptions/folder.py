"""A folder as a process sees it, which can be reached when the process is gone."""

import os
from pathlib import Path

from longshore_loadtest.targets.processes import Process

_held: dict[tuple[Process, str], int] = {}


def hold(main: Process, path: str) -> int:
    """Descriptor of a folder in the process' own tree of files, open until `let_go`. Raises OSError.

    It outlives the process and its mounts: a container that died of a full disk does not come back before
    the disk is freed.
    """
    if (main, path) not in _held:
        _held[main, path] = os.open(seen_by(main, path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return _held[main, path]


def let_go(main: Process, path: str) -> None:
    """Close it, if it is open."""
    if (main, path) in _held:
        os.close(_held.pop((main, path)))


def seen_by(main: Process, path: str) -> Path:
    """The path from here. The plain one, where its tree of files is ours."""
    root = Path(f"/proc/{main.pid}/root")
    try:
        ours = root.samefile("/")
    except OSError:  # it is gone, or somebody else's: then it is one of this machine's
        ours = True
    return Path(path) if ours else root / path.lstrip("/")
