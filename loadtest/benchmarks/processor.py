"""Processor time and memory of processes, as /proc tells them."""

import os
from collections import defaultdict
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found = [pid]
    for one in found:  # grows while it is walked
        found.extend(children[one])
    return found


def tree_seconds(pid: int) -> float:
    """User and system time of a process and its descendants, those that have ended included, s."""
    fields = [fields for one in tree(pid) if (fields := _stat(one))]
    return sum(int(ticks) for one in fields for ticks in one[11:15]) / _TICKS


def reset_peak(pid: int) -> None:
    """Let the peak memory of a process and its descendants count from now on."""
    for one in tree(pid):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def resident(pid: int) -> int:
    """Resident memory of a process and its descendants, bytes."""
    return sum(_status(one, "VmRSS") for one in tree(pid))


def peak(pid: int) -> int:
    """Their peak resident memory since they began or `reset_peak`, bytes: the sum of each one's own peak."""
    return sum(_status(one, "VmHWM") for one in tree(pid))


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat after the name, from the state on; None if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _status(pid: int, field: str) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    for line in text.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return 0
