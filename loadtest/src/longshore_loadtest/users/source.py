"""A user: a source of arrivals."""

import time
from typing import ClassVar

from locust import FastHttpUser

from longshore_loadtest.timing import Timing
from longshore_loadtest.users.arrivals import Spawner, arrivals
from longshore_loadtest.users.asking import Asker
from longshore_loadtest.users.book import Book


class Source(FastHttpUser):
    """Its tasks begin one thing each, in time, and never wait for what comes of it.

    `book` is given to the class before the first user is made: Locust makes its users itself.
    """

    abstract = True
    kind: ClassVar[str] = "user"
    rate: ClassVar[float | None] = None
    """Arrivals a second; None: the setting's."""
    book: ClassVar[Book]
    sources: ClassVar[list["Source"]] = []
    """All that were ever begun, since what they asked may be answered after they have gone."""

    def __init__(self, *words: object, **options: object) -> None:
        settings = self.book.settings
        # As many connections as requests, or some would wait unseen for one; and two for what is followed.
        self.concurrency = settings.outstanding * 3
        self.connection_timeout = 10.0
        self.network_timeout = settings.patience
        self.host = settings.url  # whatever Locust's page is told: the key goes there and nowhere else
        super().__init__(*words, **options)
        self.name = self.book.user_name(self.kind)
        self.asker = Asker(self.client, self.book)
        self.timing = Timing(self.environment)
        due = arrivals(
            self.rate or settings.rate, settings.arrivals, f"{settings.seed}/{self.name}", time.monotonic()
        )
        self.spawner = Spawner(due, settings.outstanding, self.name)
        Source.sources.append(self)

    def wait_time(self) -> float:
        """Seconds until the next arrival: Locust asks after each task."""
        return self.spawner.wait


def finish_all(seconds: float) -> int:
    """Wait until everything that was begun is answered; how much was not, after `seconds`."""
    until = time.monotonic() + seconds
    left = sum(source.spawner.finish(max(0.0, until - time.monotonic())) for source in Source.sources)
    Source.sources.clear()
    return left
