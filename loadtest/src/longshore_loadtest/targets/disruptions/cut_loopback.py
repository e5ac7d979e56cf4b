"""A network cut between one process and a port of its own machine."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from msgspec.structs import replace

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.disruptions.netfilter import drop_table, lacks_nft, put_table
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process

_EXPECTED: Final = Path("/sys/fs/cgroup")
"""Where nft looks for cgroups, wherever they are mounted."""


class CutLoopback(Disruption, frozen=True, tag="cut-loopback"):
    """Drops what a process and its descendants send to the port.

    Addresses say nothing on loopback, where all have the same. New connections are told by the cgroup that
    the processes are moved to; those that exist keep the one they were made in, and are told by their ports.
    """

    port: int
    former: str = ""
    """The cgroup that the process was in."""
    moved: Sequence[str] = ()
    """Uids of the processes."""

    def lacks(self, main: Process) -> str | None:
        """Root, nft and a version 2 hierarchy of cgroups."""
        del main
        return lacks_nft() or (None if _mount() else "no cgroup2 is mounted")

    def prepared(self, main: Process) -> Self:
        """See where it is."""
        return replace(self, former=_cgroup(main), moved=[one.uid for one in main.family()])

    def begin(self, main: Process) -> None:
        """Cut. Raises Impossible."""
        mount = _required()
        name = _name(main)
        (mount / name).mkdir(exist_ok=True)
        for one in main.family():
            _move(one, mount / name)
        own = {port for one in main.family() for port in one.ports_to(self.port)}
        rules = [f'tcp dport {self.port} socket cgroupv2 level 1 "{name}" drop']
        if own:
            ports = "{ " + ", ".join(map(str, sorted(own))) + " }"
            rules += [f"tcp dport {self.port} tcp sport {ports} drop"]
            rules += [f"tcp sport {self.port} tcp dport {ports} drop"]
        put_table(_table(main), rules, _seeing(mount))

    def end(self, main: Process) -> None:
        """Connect them again, and put the processes back where they were."""
        drop_table(_table(main))
        mount = _required()
        for one in dict.fromkeys([*map(Process.of, self.moved), *main.family()]):
            if _cgroup(one) == f"/{_name(main)}":
                _move(one, mount / self.former.lstrip("/"))
        with suppress(OSError):  # it was never made, or somebody whom we do not know is in it
            (mount / _name(main)).rmdir()


def _name(main: Process) -> str:
    return f"longshore-loadtest-{main.pid}"


def _table(main: Process) -> str:
    return f"longshore_loadtest_{main.pid}"


def _mount() -> Path | None:
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    return None


def _required() -> Path:
    mount = _mount()
    if mount is None:
        raise Impossible("no cgroup2 is mounted")
    return mount


def _seeing(mount: Path) -> list[str]:
    """The command under which nft finds the cgroups."""
    if mount == _EXPECTED:
        return []
    return ["unshare", "--mount", "sh", "-c", f'mount --bind {mount} {_EXPECTED} && exec "$@"', "sh"]


def _cgroup(one: Process) -> str:
    with suppress(OSError):
        for line in Path(f"/proc/{one.pid}/cgroup").read_text(encoding="utf-8").splitlines():
            if line.startswith("0::"):
                return line.removeprefix("0::")
    return ""


def _move(one: Process, cgroup: Path) -> None:
    with suppress(OSError):  # it has ended
        descriptor = os.open(cgroup / "cgroup.procs", os.O_WRONLY)
        try:
            os.write(descriptor, str(one.pid).encode())
        finally:
            os.close(descriptor)
