"""The record on disk of what is broken now: written before it is broken, removed when it is healed."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.opening import open_target
from longshore_loadtest.targets.target import Address, Target


class Entry(Struct, frozen=True):
    """An active fault, and the target it was dealt to."""

    target: Address
    active_fault: ActiveFault


class ActiveFaults:
    """A folder with a file for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, target: Target, active_fault: ActiveFault) -> None:
        """Write it down; it is on disk on return."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(active_fault)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(Entry(target.address, active_fault)))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self, active_fault: ActiveFault) -> None:
        """It is healed."""
        self._path(active_fault).unlink(missing_ok=True)

    def left(self) -> list[Entry]:
        """What was never healed, oldest first."""
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [msgspec.json.decode(path.read_bytes(), type=Entry) for path in files]

    def _path(self, active_fault: ActiveFault) -> Path:
        return self._folder / f"{active_fault.id}.json"


def still_broken(folder: Path) -> str:
    """What a run has left broken in its folder, and what undoes it, in words; empty when nothing is."""
    left = [entry.active_fault for entry in ActiveFaults(folder / "active_faults").left()]
    broken = ", ".join(f"{active_fault.fault}/{active_fault.place}" for active_fault in left)
    return f"still broken: {broken}. `longshore-loadtest faults heal {folder}` undoes it" if broken else ""


def heal(folder: Path, opened: Callable[[Address], Target] = open_target) -> dict[str, str | None]:
    """Undo all that a run which was killed has left broken; may be repeated.

    Returns, by `fault/place (victim)`, why it could not be healed, None where it was. Those that could not
    stay on record.
    """
    active_faults = ActiveFaults(folder)
    told: dict[str, str | None] = {}
    for entry in active_faults.left():
        active_fault = entry.active_fault
        name = f"{active_fault.fault}/{active_fault.place} ({active_fault.victim.name})"
        try:
            FAULTS[active_fault.fault].heal(opened(entry.target), active_fault)
        except (Impossible, OSError) as reason:
            told[name] = str(reason)
        else:
            active_faults.close(active_fault)
            told[name] = None
    return told
