"""A clock that tests turn: it stands still between two turns, and every script of the ledger reads it."""

from typing import Final

import redis

from longshore_ledger.connection import PREFIX

KEY: Final = f"{PREFIX}:test-clock"

LUA: Final = """
local function read_clock() return tonumber(redis.call('GET', KEYS[1] .. ':test-clock')) end
"""
"""Takes the place of the include `clock`."""

_SET: Final = "#!lua flags=allow-oom\nredis.call('SET', KEYS[1], ARGV[1])"  # time goes on when memory is full

MORNING: Final = 1_795_248_000
"""When tests begin: 2026-11-21T08:00:00Z, s since 1970."""


class Clock:
    """The ledger's time, in this test's hands."""

    def __init__(self, server: redis.Redis) -> None:
        self._server = server
        self.us = MORNING * 1_000_000
        self._set()

    @property
    def seconds(self) -> float:
        """Seconds since 1970."""
        return self.us / 1e6

    def advance(self, seconds: float) -> None:
        """Let time go on."""
        assert seconds >= 0
        self.jump(seconds)

    def jump(self, seconds: float) -> None:
        """Set the clock forward or back."""
        self.us += round(seconds * 1e6)
        self._set()

    def _set(self) -> None:
        self._server.eval(_SET, 1, KEY, self.us)
