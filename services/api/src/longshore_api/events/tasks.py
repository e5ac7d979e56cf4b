"""The channel of tasks: one reader of the ledger's events for all who listen to some of them."""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Final

from longshore.errors import LongshoreError
from longshore_api.events import frames
from longshore_api.events.channel import Channel
from longshore_api.events.filter import Filter, News
from longshore_api.events.past import Past
from longshore_api.events.rate_limit import RateLimited
from longshore_api.events.stream import Stream
from longshore_ledger import Ledger
from longshore_ledger.events import Place
from longshore_ledger.shapes import Event

_BLOCK: Final = 1.0
"""Seconds for which the ledger holds an answer back while nothing happens."""
_REST: Final = 0.1
"""Seconds after an answer, so that a busy ledger is read in batches."""
_BATCH: Final = 1000
_START: Final = "0-0"

_is_id: Final = re.compile(r"[0-9]{1,20}-[0-9]{1,20}").fullmatch


class TaskChannel(Channel[RateLimited]):
    """Reads what happens and hands each stream what its filter lets through."""

    name = "task events"

    def __init__(self, ledger: Callable[[], Ledger]) -> None:
        """`ledger` gives the ledger, or raises LongshoreError while it is away."""
        super().__init__()
        self._ledger = ledger
        self._filters: dict[Stream[RateLimited], Filter] = {}
        self._position: str | None = None
        self._past = Past()

    def open(self, filter: Filter, after: str | None) -> Stream[RateLimited]:
        """A stream of what `filter` lets through: from now on, or behind the id `after`."""
        stream = Stream(RateLimited(lambda: self._position or _START))
        stream.say(frames.OPENING)
        self._filters[stream] = filter
        self.join(stream)
        with self._lock:
            position = self._position if self._away is None else None
            stream.offer(
                lambda limited, _: limited.clear()
            )  # events up to here are in the past, or not wanted
        if position is not None:
            self._resume(stream, filter, after, position)
        return stream

    def leave(self, stream: Stream[RateLimited]) -> None:
        """Feed it no more."""
        super().leave(stream)
        self._filters.pop(stream, None)
        if not self._filters:
            self._past.clear()

    def _resume(self, stream: Stream[RateLimited], filter: Filter, after: str | None, position: str) -> None:
        if after is None:
            stream.say(frames.at(position) + b"\n")
            return
        try:
            trouble = self._replay(stream, filter, after, position)
        except LongshoreError as error:
            trouble = error.title
        if trouble:
            stream.say(frames.reset(trouble, position))

    def _replay(self, stream: Stream[RateLimited], filter: Filter, after: str, position: str) -> str:
        """Send what came between the two ids; returns why that is not possible, or nothing."""
        if not _is_id(after):
            return "this is no id of an event"
        match (events := self._ledger().events).place(after):
            case Place.TRIMMED:
                return "what came after this event is no longer kept"
            case Place.BEYOND:
                return "the ledger does not know this event"
        missed = self._past.missed(events, after, position, filter)
        if missed is None:
            return "too much was missed"
        stream.say(frames.at(after) + b"\n" + b"".join(map(frames.of_task, missed)))
        return ""

    def _begin(self) -> None:
        last = self._ledger().events.last_id()
        with self._lock:
            self._position = last if last != "0" else _START

    def _step(self) -> float:
        self._past.forget()
        events, since = self._ledger().events, self._position or _START
        read = events.read(since, count=_BATCH, block=_BLOCK)
        if not read:
            return 0.0
        full = len(read) == _BATCH
        lost = full and events.place(since) is not Place.KEPT
        with self._lock:
            self._hand_out(News(read))
            self._position = read[-1].id  # only now: a beat says that its client has heard all up to here
            if lost:
                for stream in self._streams:
                    stream.say(frames.reset("more happened than could be read", self._position))
        return 0.0 if full else _REST

    def _hand_out(self, news: News) -> None:
        listeners = defaultdict[Filter, list[Stream[RateLimited]]](list)
        for stream in self._streams:
            listeners[self._filters[stream]].append(stream)
        for filter, streams in listeners.items():
            if wanted := news.wanted(filter):
                for stream in streams:
                    stream.offer(partial(_add, wanted))

    def _return(self, stream: Stream[RateLimited]) -> None:
        stream.offer(lambda limited, _: limited.clear())
        stream.say(frames.reset("the ledger was away", self._position or ""))


def _add(wanted: list[Event], limited: RateLimited, now: float) -> None:
    limited.add(wanted, now)
