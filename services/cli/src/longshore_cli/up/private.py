"""Files of the data folder, which are for their owner alone: keys, passwords, everybody's data."""

import os
from collections.abc import Iterator
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, not even for a moment, and that is no link to elsewhere."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def open_to_others(folder: Path) -> Iterator[Path]:
    """What `longshore up` keeps in `folder` and others can read or change."""
    for name in ("valkey.conf", "running.json", "admin.key", "flower.password", "appendonlydir"):
        for path in (folder / name, *(folder / name).glob("*")):
            if path.exists() and path.stat().st_mode & 0o077:
                yield path


def close_to_others(folder: Path) -> int:
    """Take it from them; returns how many files and folders that were."""
    found = list(open_to_others(folder))
    for path in found:
        path.chmod(path.stat().st_mode & 0o700)
    return len(found)
