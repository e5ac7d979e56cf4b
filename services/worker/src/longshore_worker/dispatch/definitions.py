"""What this worker has of each task, beside what the catalogue has: two releases serve one queue for a while.

The API checks against the newest definition. So a copy may come here whose arguments only a newer release
takes, or, after an argument was taken away, only an older one that still runs. It is given back for that one,
without blame: run here it would fail, and nobody's mistake would be on record as the caller's.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from longshore.catalogue import TaskSpec, check_args, definition_of
from longshore.errors import BadLine, InvalidArguments
from longshore.lines import parse
from longshore.values import NotJSON, decode
from longshore_ledger.catalogue import PublishedCatalogue
from longshore_worker.dispatch.deliveries import Copy
from longshore_worker.dispatch.peers import Peers

_ROLLOUT: Final = 3600.0
"""Seconds after a definition replaced another one in which workers and tasks of the older one are about."""


class Lack(NamedTuple):
    """Why a copy is not for this worker."""

    why: str
    definition: str | None
    """Of those that may have it, what they know the task by; None for any."""


class Definitions:
    """Asked about each copy, so that what is usual (one release) costs a look into two dicts."""

    def __init__(self, specs: Mapping[str, TaskSpec], catalogue: PublishedCatalogue, peers: Peers) -> None:
        self.peers = peers
        self._specs = specs
        self._own = {name: definition_of(spec) for name, spec in specs.items()}
        self._catalogue = catalogue
        self._version: int | None = None
        self._newer: dict[str, tuple[TaskSpec, str]] = {}
        self._replaced: dict[str, float] = {}

    def heed(self, version: int | None) -> bool:
        """Learn the catalogue's version as a START saw it. True: it has changed since.

        A task was accepted before it is started, so that START sees whatever it was checked against. Raises
        LedgerUnavailable.
        """
        if version is None or version == self._version:
            return False
        specs = self._catalogue.read(fresh=True)
        others = {name: specs[name] for name in self._own.keys() & specs.keys()}
        known = {name: definition_of(spec) for name, spec in others.items()}
        self._newer = {
            name: (spec, known[name]) for name, spec in others.items() if known[name] != self._own[name]
        }
        self._replaced = {
            name: time.monotonic() + left
            for name, spec in others.items()
            if name not in self._newer and name in specs.replaced and (left := _ROLLOUT - _age(spec)) > 0
        }
        self._version = version
        return True

    def lack(self, copy: Copy) -> Lack | None:
        """Why the copy is not for this worker; None if it may run here."""
        own = self._specs.get(copy.task)
        if own is None:
            return Lack("unknown task", None)
        newer = self._newer.get(copy.task)
        if newer is not None:
            spec, definition = newer
            return Lack("older definition", definition) if _only_fits(spec, own, copy) else None
        if copy.task in self._replaced and self._others_differ(copy) and not all(_fits(own, copy)):
            return Lack("newer definition", None)
        return None

    def _others_differ(self, copy: Copy) -> bool:
        if time.monotonic() > self._replaced[copy.task]:
            del self._replaced[copy.task]
            return False
        return self.peers.differ(copy.queue, copy.task, self._own[copy.task])


def _only_fits(wanted: TaskSpec, own: TaskSpec, copy: Copy) -> bool:
    """Whether the arguments, or those of a line, fit `wanted` and not `own`."""
    if all(fits_own := _fits(own, copy)):
        return False
    return any(there and not here for there, here in zip(_fits(wanted, copy), fits_own, strict=True))


def _fits(spec: TaskSpec, copy: Copy) -> list[bool]:
    """Whether the arguments fit the task; of a chunk, those of each line."""
    try:
        positional, named, _ = decode(copy.body)
    except (NotJSON, ValueError, TypeError):
        return [True]  # whoever runs it will say what is wrong
    if copy.chunk:
        return [_fits_line(spec, line, named.get("header")) for line in named["lines"]]
    try:
        check_args(spec, named or positional)
    except InvalidArguments:
        return [False]
    return [True]


def _fits_line(spec: TaskSpec, line: str, header: list[str] | None) -> bool:
    try:
        parse(line, spec, header)
    except BadLine:
        return False
    return True


def _age(spec: TaskSpec) -> float:
    """Seconds since it became the newest; the clocks of two machines will do."""
    if spec.updated_at is None:
        return 0.0
    return time.time() - datetime.fromisoformat(spec.updated_at).timestamp()
