"""Waiting for work to end: all who wait in this process are asked about in one question.

Rejected: a loop for each waiting request, whose questions add up (500 clients, ten a second each); and
following the ledger's event stream, which costs the more the busier the ledger is, though nobody waits.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from longshore.errors import LongshoreError

_SHORTEST: Final = 0.005
_LONGEST: Final = 0.2
_A_HEAD: Final = 0.0002
"""Seconds between two questions: a tenth of what the newest guest has waited, within these bounds; the more
guests, the longer, so that a thousand of them cost the ledger no more than 5,000 reads a second."""


class WaitingRoom:
    """Holds requests back until what they wait for has ended.

    `ended` says of each id whether it has, or is not there at all. The room's thread (a greenlet in the
    server) lives while there are guests.
    """

    def __init__(self, ended: Callable[[Sequence[str]], Sequence[bool]]) -> None:
        self._ended = ended
        self._guests: dict[str, list[threading.Event]] = {}
        self._lock = threading.Lock()
        self._newest = 0.0
        self._asking = False

    def wait(self, id: str, seconds: float) -> None:
        """Return when `id` has ended, or the ledger cannot be asked, or after `seconds`; then look again."""
        if seconds <= 0:
            return
        bell = threading.Event()
        with self._lock:
            self._guests.setdefault(id, []).append(bell)
            self._newest = time.monotonic()
            if not self._asking:
                self._asking = True
                threading.Thread(target=self._ask, name="waiting-room", daemon=True).start()
        bell.wait(seconds)
        with self._lock:
            self._leave(id, bell)

    def _ask(self) -> None:
        while True:
            with self._lock:
                ids = list(self._guests)
                if not ids:
                    self._asking = False
                    return
            for id in self._gone(ids):
                with self._lock:
                    for bell in self._guests.pop(id, []):
                        bell.set()
            waited = time.monotonic() - self._newest
            time.sleep(max(_SHORTEST, min(_LONGEST, waited / 10), len(ids) * _A_HEAD))

    def _gone(self, ids: list[str]) -> list[str]:
        try:
            return [id for id, over in zip(ids, self._ended(ids), strict=True) if over]
        except LongshoreError:
            return ids  # Their own next look at the ledger says what is wrong with it.

    def _leave(self, id: str, bell: threading.Event) -> None:
        bells = self._guests.get(id, [])
        if bell in bells:
            bells.remove(bell)
        if not bells:
            self._guests.pop(id, None)
