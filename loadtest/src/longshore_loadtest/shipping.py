"""A Locust worker's part of the history goes to the master, by Locust's own messages, as it grows.

A worker on another machine has no folder in common with the others, and its pod may be gone when the run
ends.
"""

import time
from pathlib import Path
from typing import Any, Final

import gevent
from locust.runners import STATE_RUNNING, STATE_SPAWNING, MasterRunner, WorkerRunner

_MESSAGE: Final = "history"
_END: Final = "history-end"
"""The master to its workers: stop, and send the rest. Its own order to quit would cut them short."""
_EVERY: Final = 0.5
_PIECE: Final = 1 << 20


class Sender:
    """The worker's end. What is appended to `path` is sent each half second."""

    def __init__(self, runner: WorkerRunner, path: Path, part: str) -> None:
        self._runner = runner
        self._path = path
        self._part = part
        self._sent = 0
        self._keeper = gevent.spawn(self._keep)
        runner.register_message(_END, self._stop, concurrent=True)

    def finish(self) -> None:
        """Send the rest, and that it is all."""
        self._keeper.kill()
        self._send()
        self._runner.send_message(
            _MESSAGE, {"part": self._part, "at": self._sent, "piece": b"", "over": True}
        )

    def _stop(self, environment: object, msg: object, **_: Any) -> None:  # noqa: ARG002 - Locust's names
        if self._runner.state in (STATE_RUNNING, STATE_SPAWNING):
            self._runner.stop()

    def _keep(self) -> None:
        while True:
            gevent.sleep(_EVERY)
            self._send()

    def _send(self) -> None:
        with self._path.open("rb") as file:
            file.seek(self._sent)
            while piece := file.read(_PIECE):
                told = {"part": self._part, "at": self._sent, "piece": piece, "over": False}
                self._runner.send_message(_MESSAGE, told)
                self._sent += len(piece)


class Receiver:
    """The master's end: writes what workers send into `folder`."""

    def __init__(self, runner: MasterRunner, folder: Path) -> None:
        self._runner = runner
        self._folder = folder
        self._open: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        runner.register_message(_MESSAGE, self._take)

    def finish(self, seconds: float) -> set[str]:
        """End the workers, and wait for their parts; returns those that are not whole after `seconds`."""
        self._runner.send_message(_END)
        until = time.monotonic() + seconds
        while self._open and time.monotonic() < until:
            gevent.sleep(_EVERY)
        return self._open

    def _take(self, environment: object, msg: Any, **_: Any) -> None:  # noqa: ARG002 - Locust's names
        told = msg.data
        part = str(told["part"])
        self._open.add(part)
        with (self._folder / f"history.{part}.ndjson").open("ab") as file:
            assert file.tell() == told["at"], "a worker's messages come in order, each once"
            file.write(told["piece"])
        if told["over"]:
            self._open.discard(part)
