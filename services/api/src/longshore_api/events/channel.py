"""A channel: streams that are fed from one source, and the thread that feeds them while there are some."""

import threading
from abc import ABC, abstractmethod
from typing import Final, Generic

import structlog

from longshore.errors import LongshoreError
from longshore_api.events import frames
from longshore_api.events.stream import C, Stream

_AGAIN: Final = 1.0
"""Seconds until a ledger that is away is asked again."""
_OPENING: Final = 15.0
"""Seconds within which a ledger answers, or is known to be away."""

_log = structlog.get_logger(__name__)


class Channel(ABC, Generic[C]):
    """Starts its thread (a greenlet in the server) for the first stream, and ends it after the last."""

    name: str

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: set[Stream[C]] = set()
        self._running = False
        self._stopped = False
        self._away: str | None = None
        self._known = threading.Event()
        self._pause = threading.Event()

    def join(self, stream: Stream[C]) -> None:
        """Feed `stream` from now on; returns when the ledger has answered, or is known to be away."""
        with self._lock:
            if self._stopped:
                stream.end()
                return
            self._streams.add(stream)
            if self._away is not None:
                stream.say(frames.away(self._away))
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name=self.name, daemon=True).start()
        self._known.wait(_OPENING)

    def leave(self, stream: Stream[C]) -> None:
        """Feed it no more."""
        with self._lock:
            self._streams.discard(stream)

    def stop(self) -> None:
        """End all streams at once, and each that joins from now on."""
        with self._lock:
            self._stopped = True
            for stream in self._streams:
                stream.end()
        self._pause.set()

    @abstractmethod
    def _begin(self) -> None:
        """Find out where to go on, at the start and after an outage. May raise LongshoreError."""

    @abstractmethod
    def _step(self) -> float:
        """Feed the streams; returns for how many seconds to rest. May raise LongshoreError."""

    def _return(self, stream: Stream[C]) -> None:
        """Tell a stream that the ledger is back."""
        stream.say(frames.reset("the ledger was away"))

    def _run(self) -> None:
        begun = False
        while True:
            with self._lock:
                if self._stopped or not self._streams:
                    self._running = False
                    self._away = None
                    self._known.clear()
                    return
            try:
                if not begun:
                    self._begin()
                    begun = True
                    self._settle()
                pause = self._step()
            except LongshoreError as error:
                begun = False
                self._lose(error.title)
                pause = _AGAIN
            except Exception:  # noqa: BLE001 - whatever it is
                # A defect must not leave clients with a stream that says nothing for ever.
                _log.exception("bug", channel=self.name)
                begun = False
                self._lose("There is a defect, which the API's log has the details of")
                pause = _AGAIN
            if pause:
                self._pause.wait(pause)

    def _settle(self) -> None:
        """The ledger answers."""
        with self._lock:
            if self._away is not None:
                self._away = None
                for stream in self._streams:
                    self._return(stream)
        self._known.set()

    def _lose(self, reason: str) -> None:
        with self._lock:
            if self._away is None:
                self._away = reason
                for stream in self._streams:
                    stream.say(frames.away(reason))
        self._known.set()
