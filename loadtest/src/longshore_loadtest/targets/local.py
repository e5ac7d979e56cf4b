"""The processes of a running `longshore up`, found by its data folder and the tree below its supervisor."""

import fcntl
import http.client
import os
import signal
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import redis

from longshore_loadtest.targets.disruptions.cut_loopback import CutLoopback
from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process, process
from longshore_loadtest.targets.target import PARTS, Ability, Instance, Local, Part, Target

_MODULES: Final[dict[str, Part]] = {
    "longshore_api": "api",
    "longshore_scheduler": "scheduler",
    "longshore_worker": "worker",
    "flower": "flower",
}
_LACKS: Final[dict[Ability, str]] = {
    "nodes": "there are no nodes on one machine",
    "lose-node": "there are no nodes on one machine",
    "roll": "`longshore up` has one copy of each part: kill-graceful is the same",
    "scale": "`longshore up` keeps one copy of each part",
}


class _Note(msgspec.Struct):
    """What `longshore up` writes into running.json."""

    pid: int
    url: str
    ledger: str


class LocalTarget(Target):
    """Parts are the supervisor's children. Whatever dies it starts again, half a second later or more."""

    def __init__(self, address: Local) -> None:
        self._address = address

    @property
    def address(self) -> Local:
        """The data folder."""
        return self._address

    @cached_property
    def _note(self) -> _Note:
        """Asked for late: what was done to a system that has ended since can be undone all the same."""
        return _read(Path(self._address.data))

    @cached_property
    def _supervisor(self) -> Process:
        found = process(self._note.pid)
        if found is None:
            raise Impossible(f"`longshore up` with --data {self._address.data} has ended")
        return found

    @cached_property
    def wanted(self) -> frozenset[Part]:
        """Parts that were there when this was first asked: before anything is broken."""
        return frozenset(self._running())

    def lacks(self, ability: Ability, part: Part | None = None) -> str | None:
        """Processes can be stopped and disrupted; nothing else makes sense."""
        if part == "rabbitmq":
            return "there is no RabbitMQ: the embedded ledger (redis) is the broker, too"
        if part is not None and part not in self.wanted:
            return f"{part} does not run here"
        return _LACKS.get(ability)

    def instances(self, part: Part) -> list[Instance]:
        """One, or none while it is down."""
        found = self._running().get(part)
        if found is None:
            return []
        return [Instance(part, f"{part} ({found.pid})", found.uid, found.age(), self._serves(part, found))]

    def whole(self, part: Part) -> bool:
        """Whether it runs and serves."""
        return any(instance.ready for instance in self.instances(part))

    def stop(self, instance: Instance, *, force: bool) -> None:
        """SIGTERM to the process, as its supervisor does; SIGKILL to all of its group, by force."""
        main = Process.of(instance.uid)
        if not force:
            main.send(signal.SIGTERM)
        elif main.alive():
            with suppress(ProcessLookupError):
                os.killpg(main.pid, signal.SIGKILL)

    def unfit(self, instance: Instance, disruption: AnyDisruption) -> str | None:
        """Ask the disruption: the process is here."""
        return disruption.lacks(Process.of(instance.uid))

    def prepared(self, instance: Instance, disruption: AnyDisruption) -> AnyDisruption:
        """Ask the disruption."""
        return disruption.prepared(Process.of(instance.uid))

    def disrupt(self, name: str, instance: Instance, disruption: AnyDisruption, seconds: float) -> None:
        """Do it from here."""
        del name, seconds
        disruption.begin(Process.of(instance.uid))

    def undo(self, name: str, instance: Instance, disruption: AnyDisruption) -> None:
        """Undo it from here."""
        del name
        disruption.end(Process.of(instance.uid))

    def cutting(self, place: str) -> tuple[Part, AnyDisruption]:
        """The client of the two is cut off: all of them are reached at the same address."""
        server, client = place.split(":")
        if server != "redis" or client not in PARTS:
            raise Impossible(f"no way from {client} to {server} here")
        return client, CutLoopback(port=urlsplit(self._note.ledger).port or 6379)

    def _running(self) -> dict[Part, Process]:
        found: dict[Part, Process] = {}
        for child in self._supervisor.children():
            part = _part(child.command())
            if part and child.alive():
                found[part] = child
        return found

    def _serves(self, part: Part, main: Process) -> bool:
        if part == "api":
            return _answers(self._note.url)
        if part == "redis":
            return _pongs(self._note.ledger)
        if part == "flower":
            return True
        port = urlsplit(self._note.ledger).port or 6379
        return bool(main.ports_to(port))


def _read(folder: Path) -> _Note:
    try:
        with (folder / "running.json").open(encoding="utf-8") as file:
            # Who can have the lock sees what a killed one has left.
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                raise Impossible(f"no `longshore up` runs with --data {folder}")
            return msgspec.json.decode(file.read(), type=_Note)
    except (OSError, msgspec.MsgspecError) as error:
        raise Impossible(f"no `longshore up` runs with --data {folder}: {error}") from error


def _part(command: list[str]) -> Part | None:
    if command and Path(command[0]).name.startswith(("valkey", "redis-server")):
        return "redis"
    return next((part for module, part in _MODULES.items() if module in command), None)


def _answers(url: str) -> bool:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _pongs(url: str) -> bool:
    server = redis.Redis.from_url(url, socket_timeout=2.0, socket_connect_timeout=2.0)
    try:
        return bool(server.ping())
    except redis.RedisError:
        return False
    finally:
        server.close()
