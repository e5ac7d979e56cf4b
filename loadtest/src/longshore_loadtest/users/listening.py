"""Listening to events, with Longshore's own client: it comes back by itself, and is to miss nothing."""

from functools import cache

from gevent.event import Event

from longshore.client import Away, Client, Reset, Skipped, TaskEvent
from longshore.errors import LongshoreError
from longshore.states import TERMINAL
from longshore_loadtest.history.record import CLOSED, OPENED
from longshore_loadtest.users.book import Book

_PATIENCE = 3600.0
"""Seconds for which the client tries to come back: a fault lasts less."""


def listen(book: Book, process: str, ended: Event | None = None, **filter: str) -> None:
    """Take down what is heard of this run's tasks, until the greenlet is killed. Nothing is timed here.

    `ended` is set when a task was heard to have ended, or that may have been missed. Of more than twenty
    events a second the API leaves some out and says so: a gap, and no fault.
    """
    ours = f"{book.settings.run}-"
    ended = Event() if ended is None else ended
    book.gap(process, OPENED, filter)
    try:
        for event in _client(book.settings.url, book.settings.key or "").events(**filter):
            match event:
                case TaskEvent() if event.id.startswith(ours):
                    book.event(process, event.event_id, event.id, event.state, event.queue, event.task)
                    if event.state in TERMINAL:
                        ended.set()
                case Skipped():
                    book.gap(process, f"skipped {event.count}")
                    ended.set()
                case Reset():
                    book.gap(process, f"reset: {event.reason}")
                    ended.set()
                case Away():
                    book.gap(process, f"away: {event.reason}")
                case _:
                    pass
    except LongshoreError as error:
        book.gap(process, f"ended: {error}")
    finally:
        ended.set()
        book.gap(process, CLOSED)


@cache
def _client(url: str, key: str) -> Client:
    """One for all listeners of this process: making one takes 50 ms, in which nothing else leaves."""
    return Client(url, key, patience=_PATIENCE)
