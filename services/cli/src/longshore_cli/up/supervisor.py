"""Starts the parts, waits until they are ready, keeps them, and stops them in order."""

import asyncio
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from longshore.errors import LongshoreError
from longshore.stopping import stop_signals
from longshore_cli.up.leashed import Leash
from longshore_cli.up.log import Log
from longshore_cli.up.part import Part, Recipe

Probe = Callable[[Part], bool]

_REMIND_SECONDS: Final = 10.0
_ECHO_SECONDS: Final = 0.5
"""A signal so soon after another is the same one: a terminal's Ctrl-C reaches a whole group of processes, and
`uv run` and `timeout` pass on what they got."""
_LOOK_SECONDS: Final = 1.0
_EARLY_DEATHS: Final = 3
"""A part that died this often before it was ever ready will not get better by itself."""

_ADVICE: Final = {"worker": "its last lines may say why; or a module of --tasks ends the process"}


class Supervisor:
    """Runs parts between `start` calls and the end of its `with` block.

    The first SIGINT or SIGTERM sets `stop`; a second one makes the stopping hurry.
    """

    def __init__(self, log: Log, leash: Leash) -> None:
        self.stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stopped_at = 0.0
        self._log = log
        self._leash = leash
        self._parts: list[Part] = []

    def listen(self) -> None:
        """Take over Ctrl-C, SIGTERM and the terminal's end."""
        loop = asyncio.get_running_loop()
        for number in stop_signals():
            loop.add_signal_handler(number, self._on_signal)
            if number is signal.SIGHUP:
                self._look_at_terminal()

    def _look_at_terminal(self) -> None:
        """SIGHUP goes to the terminal's first process alone, which may keep it to itself: `make` does."""
        if self.stop.is_set():
            return
        if self._log.is_hung_up():
            self._on_signal()
        asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look_at_terminal)

    async def start(self, *wanted: tuple[Recipe, Probe]) -> bool:
        """Start parts together and wait until all are ready. False: told to stop, or one cannot start."""
        new = [Part(recipe, self._log, self._leash.changed) for recipe, _ in wanted]
        self._parts += new
        self._log.say(f"starting {', '.join(part.name for part in new)}")
        for part in new:
            part.start()
        probes = [probe for _, probe in wanted]
        ready = await asyncio.gather(*map(self._until_ready, new, probes))
        return all(ready)

    async def keep(self) -> bool:
        """Keep what was started until told to stop. False: a part is beyond help."""
        ends = [asyncio.create_task(event.wait()) for event in self._ends()]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        return not any(part.given_up.is_set() for part in self._parts)

    async def close(self) -> None:
        """Stop what was started, in that order, but what keeps the data last."""
        for part in sorted(self._parts, key=lambda part: part.recipe.keeps_data):
            self._log.say(f"stopping {part.name}")
            await part.stop(self._hurry)

    def _ends(self) -> list[asyncio.Event]:
        return [self.stop, *(part.given_up for part in self._parts)]

    async def _until_ready(self, part: Part, probe: Probe) -> bool:
        began = reminded = time.monotonic()
        while not any(event.is_set() for event in self._ends()):
            if part.pid and await asyncio.to_thread(_holds, partial(probe, part)):
                part.ready = True
                self._log.say(f"{part.name} is ready", after=f"{time.monotonic() - began:.1f} s")
                return True
            if part.early_deaths >= _EARLY_DEATHS:
                self._log.say(
                    f"giving up: {part.name} does not start; it {part.last_end}, {part.early_deaths} times",
                    level="error",
                    advice=_ADVICE.get(part.name, "its last lines may say why"),
                )
                part.given_up.set()
                return False
            if time.monotonic() - reminded > _REMIND_SECONDS:
                reminded = time.monotonic()
                self._log.say(f"still waiting for {part.name}", for_=f"{reminded - began:.0f} s")
            await asyncio.sleep(0.05)
        return False

    def _on_signal(self) -> None:
        if self.stop.is_set() and time.monotonic() - self._stopped_at < _ECHO_SECONDS:
            return
        if self.stop.is_set():
            self._hurry.set()
            self._log.say("hurrying: what still runs is killed, and its tasks run again", level="warning")
        else:
            self._stopped_at = time.monotonic()
            self.stop.set()
            self._log.say("stopping; once more to hurry")


def _holds(probe: Callable[[], bool]) -> bool:
    try:
        return probe()
    except LongshoreError:
        return False
