"""Waiting for the broker with the loop still turning: limits are kept and results recorded meanwhile."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from longshore.certificates import connection_failure

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_TURN: Final = 0.05

log = structlog.get_logger()


class Outage:
    """The time from here to a connection. `register` puts the pool's descriptors on the hub."""

    def __init__(self, hub: Any, connection: Any, register: Callable[[Any], object]) -> None:
        self._hub = hub
        self._connection = connection
        self._register = register
        self._pause = _FIRST_PAUSE
        self._told: str | None = None
        self._loop: Any = None

    def try_to_connect(self) -> bool:
        """Connect if the broker answers. False: not yet."""
        connection = self._connection
        try:
            # As they are raised: kombu's own name for them all is in neither of the lists below.
            connection.ensure_connection(
                max_retries=1,
                interval_start=0,
                interval_step=0,
                interval_max=0,
                reraise_as_library_errors=False,
            )
        except (OSError, *connection.connection_errors, *connection.channel_errors) as error:
            reason = connection_failure(error)
            if self._told is None:
                log.warning("waiting for the broker", broker=connection.as_uri(), reason=reason)
            self._told = reason
            return False
        if self._told is not None:
            log.info("the broker answers again", broker=connection.as_uri())
        return True

    def wait(self, check: Callable[[], None]) -> None:
        """Turn the loop for a while, and on until something listens at the broker's address.

        `check` may raise, to end it all. A connection attempt takes seconds where packets vanish: a thread
        makes it first.
        """
        until = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self._turn_until(lambda: time.monotonic() >= until, check)
        answered = threading.Event()
        thread = threading.Thread(target=self._knock, args=(answered,), name="knock", daemon=True)
        thread.start()
        self._turn_until(lambda: not thread.is_alive(), check)

    def _knock(self, answered: threading.Event) -> None:
        info = self._connection.info()
        try:
            with socket.create_connection((info["hostname"], info["port"]), timeout=4.0):
                answered.set()
        except OSError:
            time.sleep(_TURN)

    def _turn_until(self, over: Callable[[], bool], check: Callable[[], None]) -> None:
        hub = self._hub
        if self._loop is None:
            self._register(hub)
            self._loop = hub.create_loop()
        while not over():
            check()
            hub.call_later(_TURN, _nothing)  # or the poll might take a second
            try:
                next(self._loop)
            except StopIteration:
                self._loop = hub.create_loop()
            except self._connection.connection_errors as error:
                log.debug("left over from the lost connection", error=repr(error))
                self._loop = hub.create_loop()


def _nothing() -> None:
    """Only to be called."""
