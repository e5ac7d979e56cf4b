"""The record on disk of what is broken now: written before it is broken, removed when it is healed."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from longshore_loadtest.faults.fault import Wound
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.opening import open_target
from longshore_loadtest.targets.target import Address, Target


class Entry(Struct, frozen=True):
    """A wound, and the target it was dealt to."""

    target: Address
    wound: Wound


class Wounds:
    """A folder with a file for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, target: Target, wound: Wound) -> None:
        """Write it down; it is on disk on return."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(wound)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(Entry(target.address, wound)))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self, wound: Wound) -> None:
        """It is healed."""
        self._path(wound).unlink(missing_ok=True)

    def left(self) -> list[Entry]:
        """What was never healed, oldest first."""
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [msgspec.json.decode(path.read_bytes(), type=Entry) for path in files]

    def _path(self, wound: Wound) -> Path:
        return self._folder / f"{wound.id}.json"


def still_broken(folder: Path) -> str:
    """What a run has left broken in its folder, and what undoes it, in words; empty when nothing is."""
    left = [entry.wound for entry in Wounds(folder / "wounds").left()]
    broken = ", ".join(f"{wound.fault}/{wound.place}" for wound in left)
    return f"still broken: {broken}. `longshore-loadtest faults heal {folder}` undoes it" if broken else ""


def heal(folder: Path, opened: Callable[[Address], Target] = open_target) -> dict[str, str | None]:
    """Undo all that a run which was killed has left broken; may be repeated.

    Returns, by `fault/place (victim)`, why it could not be healed, None where it was. Those that could not
    stay on record.
    """
    wounds = Wounds(folder)
    told: dict[str, str | None] = {}
    for entry in wounds.left():
        wound = entry.wound
        name = f"{wound.fault}/{wound.place} ({wound.victim.name})"
        try:
            FAULTS[wound.fault].heal(opened(entry.target), wound)
        except (Impossible, OSError) as reason:
            told[name] = str(reason)
        else:
            wounds.close(wound)
            told[name] = None
    return told
