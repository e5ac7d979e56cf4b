"""What became of copies, kept until the ledger has heard it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from longshore.errors import LongshoreError
from longshore_broker import Ref, Settled
from longshore_ledger import Ledger

_WAIT: Final = 0.005
"""How long a confirm may wait for company, s. Nothing waits for QUEUED to be written."""
_ENOUGH: Final = 200

log = structlog.get_logger()

Copies = defaultdict[str, list[tuple[str, str]]]


class Confirms:
    """Confirmed and returned copies by queue. What the ledger could not be told stays for the next time."""

    def __init__(self, ledger: Ledger) -> None:
        self._outbox = ledger.outbox
        self._confirmed: Copies = defaultdict(list)
        self._returned: Copies = defaultdict(list)
        self._tell_at = float("inf")

    @property
    def next(self) -> float:
        """When there is something to tell; infinity while there is not."""
        return self._tell_at

    def settled(self, settled: Settled, now: float) -> None:
        """The broker has answered."""
        for ref in settled.confirmed:
            self._confirmed[ref.queue].append((ref.id, ref.run))
        self.returned(settled.refused)
        if self._confirmed:
            crowded = sum(map(len, self._confirmed.values())) >= _ENOUGH
            self._tell_at = now if crowded else min(self._tell_at, now + _WAIT)

    def returned(self, refs: Iterable[Ref]) -> None:
        """These did not, or may not, have reached the broker."""
        for ref in refs:
            self._returned[ref.queue].append((ref.id, ref.run))

    def tell(self, now: float) -> None:
        """Give back what was returned; confirm what is due. Raises LedgerUnavailable."""
        _empty(self._returned, self._outbox.give_back)
        if now >= self._tell_at:
            _empty(self._confirmed, self._outbox.confirm)
            self._tell_at = float("inf")


def _empty(copies: Copies, tell: Callable[[str, list[tuple[str, str]]], object]) -> None:
    for queue in list(copies):
        try:
            tell(queue, copies[queue])
        except LongshoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a script's, on one of them
            log.warning("a script failed; it is told of one by one", queue=queue, reason=str(error))
            _tell_singly(queue, copies[queue], tell)
        del copies[queue]


def _tell_singly(
    queue: str, refs: list[tuple[str, str]], tell: Callable[[str, list[tuple[str, str]]], object]
) -> None:
    """One task whose record breaks a script must not hold up all others: its lease lapses, no more."""
    for id, run in refs:
        try:
            tell(queue, [(id, run)])
        except LongshoreError:
            raise
        except Exception:
            log.exception("given up; it is published again when its lease lapses", id=id)
