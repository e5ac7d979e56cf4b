"""Processes of this machine, as /proc shows them."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PROC: Final = Path("/proc")


class Process(Struct, frozen=True):
    """A process, told from a later one of the same number by when it began."""

    pid: int
    ticks: int
    """Since the machine's start, in clock ticks."""

    @property
    def uid(self) -> str:
        """As one word: `pid.ticks`."""
        return f"{self.pid}.{self.ticks}"

    @classmethod
    def of(cls, uid: str) -> "Process":
        """The process with this uid."""
        pid, _, ticks = uid.partition(".")
        return cls(int(pid), int(ticks))

    def alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        fields = _stat(self.pid)
        return bool(fields) and int(fields[19]) == self.ticks and fields[0] != "Z"

    def state(self) -> str:
        """The letter of its state: R, S, D, T (stopped); empty when it is gone."""
        fields = _stat(self.pid)
        return fields[0] if fields and int(fields[19]) == self.ticks else ""

    def age(self) -> float:
        """Seconds since it began."""
        up = float((_PROC / "uptime").read_text().split()[0])
        return max(0.0, up - self.ticks / _TICKS)

    def used(self) -> float | None:
        """Seconds of processor since it began; None when it is gone."""
        fields = _stat(self.pid)
        if not fields or int(fields[19]) != self.ticks:
            return None
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def command(self) -> list[str]:
        """Its words; none when it is gone."""
        with suppress(OSError):
            return [word.decode(errors="replace") for word in self._read("cmdline").split(b"\0")[:-1]]
        return []

    def environment(self) -> dict[str, str]:
        """What it was started with; empty when it is gone or somebody else's."""
        with suppress(OSError):
            words = self._read("environ").decode(errors="replace").split("\0")
            return dict(word.split("=", 1) for word in words if "=" in word)
        return {}

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal. False when it is gone: never to another that has its number now."""
        try:
            descriptor = os.pidfd_open(self.pid)
        except (ProcessLookupError, OSError):
            return False
        try:
            if not self.alive():
                return False
            signal.pidfd_send_signal(descriptor, number)
        except ProcessLookupError:
            return False
        finally:
            os.close(descriptor)
        return True

    def children(self) -> list["Process"]:
        """Those that it started, in the order of their beginning."""
        return [child for child, parent in _all() if parent == self.pid]

    def family(self) -> list["Process"]:
        """Itself and all that descend from it."""
        everyone = _all()
        found, todo = [self], [self.pid]
        while todo:
            parent = todo.pop()
            below = [child for child, of in everyone if of == parent]
            found += below
            todo += [child.pid for child in below]
        return found

    def ports_to(self, port: int) -> list[int]:
        """Its own ports of the open connections that it holds to this port."""
        with suppress(OSError):
            held = {_link(one) for one in (_PROC / str(self.pid) / "fd").iterdir()}
            return [own for inode, own in _established(self.pid, port) if f"socket:[{inode}]" in held]
        return []

    def _read(self, name: str) -> bytes:
        return (_PROC / str(self.pid) / name).read_bytes()


def process(pid: int) -> Process | None:
    """The process of this number, if there is one."""
    fields = _stat(pid)
    return Process(pid, int(fields[19])) if fields else None


def in_container(container: str) -> Process | None:
    """The first process of a container, by the container's id; on the node, with its view of processes."""
    for one, _ in _all():
        with suppress(OSError):
            if container in (_PROC / str(one.pid) / "cgroup").read_text():
                return one
    return None


def _all() -> list[tuple[Process, int]]:
    """Every process with its parent's number, oldest first."""
    found = [
        (Process(int(name), int(fields[19])), int(fields[1]))
        for name in os.listdir(_PROC)  # noqa: PTH208 - a Path for each of a thousand names is slow
        if name.isdigit() and (fields := _stat(int(name)))
    ]
    return sorted(found, key=lambda one: (one[0].ticks, one[0].pid))


def _stat(pid: int) -> list[str]:
    """Fields of /proc/pid/stat from the state on: the name before them may hold anything."""
    try:
        return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _established(pid: int, port: int) -> list[tuple[str, int]]:
    """Inodes and own ports of connections to a port, in the process' network namespace."""
    found = []
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (_PROC / str(pid) / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
                _, local, remote, state, *rest = line.split()
                if state == "01" and _port(remote) == port:
                    found.append((rest[5], _port(local)))
    return found


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
