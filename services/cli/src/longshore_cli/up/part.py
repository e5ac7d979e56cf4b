"""One part of the system: a real process that is started again when it dies."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from longshore_cli.up.log import Log
from longshore_cli.up.pipe import LinePipe

_CALM_SECONDS: Final = 30.0
"""A part that ran for this long was well: its next death is its first."""
_LONGEST_PAUSE: Final = 30.0
_USAGE: Final = 2
"""The exit status of a part that was started wrongly: starting it the same way again would not help."""


@dataclass(frozen=True)
class Recipe:
    """How a part is started and stopped. `grace` is how long it may take to stop, s."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    grace: float = 10.0
    keeps_data: bool = False
    """It stops last, is never hurried, and ends well even when the supervisor did not."""
    inherits: tuple[int, ...] = ()
    """Descriptors it shares."""

    @property
    def orphan_signal(self) -> signal.Signals:
        """What it gets when the supervisor is gone."""
        return signal.SIGTERM if self.keeps_data else signal.SIGKILL


class Part:
    """Keeps one recipe running until it is told to stop.

    `changed` is told of each process group that began (with the recipe's `orphan_signal`) or ended (None).
    """

    def __init__(
        self, recipe: Recipe, log: Log, changed: Callable[[int, signal.Signals | None], None]
    ) -> None:
        self.recipe = recipe
        self.ready = False
        self.given_up = asyncio.Event()
        """Set when it cannot be started; the log says why."""
        self.early_deaths = 0
        self.last_end = ""
        """How it ended last: `was killed by SIGKILL`, `ended with status 1`."""
        self._log = log
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """Its name, as the log shows it."""
        return self.recipe.name

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it and keep it running."""
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ask it to end, wait for its grace or until `hurry` is set, then make it."""
        self._stopping.set()
        if self._keeper is None:
            return
        self._signal(signal.SIGTERM)
        impatience = asyncio.Event() if self.recipe.keeps_data else hurry
        await _first(self._keeper, impatience, timeout=self.recipe.grace)
        if not self._keeper.done():
            self._log.say("does not stop and is killed", level="warning", of=self.name)
            self._signal(signal.SIGKILL)
        await self._keeper
        self._keeper = None

    async def _keep(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            began = time.monotonic()
            status = await self._run()
            if self._stopping.is_set():
                return
            self.early_deaths += not self.ready
            if status == _USAGE and not self.ready:
                self._log.say(f"cannot start {self.name}: its last lines say why", level="error")
                self.given_up.set()
                return
            if time.monotonic() - began > _CALM_SECONDS:
                pause = 0.5
            self.last_end = _told(status)
            how = f"{self.name} {self.last_end}; starting it again in {pause:g} s"
            self._log.say(how, level="warning")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run(self) -> int:
        """Run it once and return its exit status, when what it wrote has been passed on."""
        pipe = LinePipe()
        process = self._process = await asyncio.create_subprocess_exec(
            *self.recipe.command,
            env=os.environ | self.recipe.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe.writing,
            stderr=pipe.writing,
            # The terminal's Ctrl-C is the supervisor's alone, which stops the parts in order.
            start_new_session=True,
            pass_fds=self.recipe.inherits,
            # What it writes is for this user alone: data, arguments, results.
            umask=0o077 if self.recipe.keeps_data else -1,
        )
        pipe.hand_over()
        self._changed(process.pid, self.recipe.orphan_signal)
        if self._stopping.is_set():  # stopped while it was being started
            self._signal(signal.SIGTERM)
        pipe.read(lambda line: self._log.pass_on(self.name, line))
        status = await process.wait()
        # What it started itself must not outlive it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        pipe.finish()
        self._changed(process.pid, None)
        self._process = None
        return status

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)


async def _first(task: "asyncio.Task[None]", event: asyncio.Event, *, timeout: float) -> None:  # noqa: ASYNC109
    waiter = asyncio.create_task(event.wait())
    await asyncio.wait({task, waiter}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()


def _told(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
