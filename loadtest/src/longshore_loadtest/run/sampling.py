"""The whole at one moment, each second, into the history; and a line for whoever looks on."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import httpx
import msgspec

from longshore.client import Snapshot
from longshore.states import TO_BE_STARTED
from longshore_loadtest.history.record import Sample
from longshore_loadtest.history.writer import Writer

if TYPE_CHECKING:
    from longshore.event_types import Quantiles

_EVERY: Final = 1.0
_LOOK_EVERY: Final = 5.0
"""Seconds between two looks: they cost more."""
_FRESH: Final = 30.0
"""Seconds after which what was looked at is not told any more: there it may be otherwise by now."""


class Looked(NamedTuple):
    """Of a sample, what only a look at the copies themselves tells."""

    replicas: dict[str, int]
    memory: dict[str, dict[str, float]]
    processor: dict[str, float]


Look = Callable[[], Looked]
_NOTHING: Final = Looked({}, {}, {})


class Sampler:
    """Samples from a thread, until the `with` block ends. What cannot be asked is left out.

    Looks are made in a thread of their own: an API server may take minutes for one.
    """

    def __init__(self, url: str, key: str | None, writer: Writer, look: Look | None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=2.0, trust_env=False)
        self._writer = writer
        self._look = look
        self._looked = (0.0, _NOTHING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="sampler", daemon=True)
        # Not waited for at the end: it writes nothing.
        self._looking = threading.Thread(target=self._keep_looking, name="looking", daemon=True)
        self.last: Snapshot | None = None

    def __enter__(self) -> Self:
        self._looking.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._http.close()

    def _keep(self) -> None:
        while not self._stop.wait(_EVERY):
            self.last = self._snapshot()
            if self.last is not None:
                begun, looked = self._looked
                fresh = time.monotonic() - begun < _FRESH
                self._writer.write(_sample(self._writer.now(), self.last, looked if fresh else _NOTHING))

    def _keep_looking(self) -> None:
        while self._look is not None:
            begun = time.monotonic()
            self._looked = (begun, self._look())
            if self._stop.wait(_LOOK_EVERY):
                return

    def _snapshot(self) -> Snapshot | None:
        try:
            answer = self._http.get("/v1/stats/snapshot")
            return msgspec.json.decode(answer.content, type=Snapshot) if answer.is_success else None
        except (httpx.TransportError, msgspec.MsgspecError):
            return None


def _sample(at: float, snapshot: Snapshot, looked: Looked) -> Sample:
    told: dict[str, Quantiles | None] = {"run": snapshot.run, "queue wait": snapshot.wait}
    return Sample(
        at=at,
        states=snapshot.states,
        backlog=sum(snapshot.states.get(state, 0) for state in TO_BE_STARTED),
        workers=snapshot.workers.alive,
        replicas=looked.replicas,
        rates=msgspec.structs.asdict(snapshot.rates),
        latencies={name: msgspec.structs.asdict(one) for name, one in told.items() if one is not None},
        memory=looked.memory,
        processor=looked.processor,
    )
