"""What every server of the tests can do, whatever it runs in, and what a test asks of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.services.waiting import eventually


class Runner(Protocol):
    """A program that can be started, broken and ended: a process of ours or a container."""

    def start(self) -> None:
        """Start it, with the data it had."""

    def stop(self) -> None:
        """End it as an operator would (SIGTERM) and wait until it is gone."""

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""

    def freeze(self) -> None:
        """Stop its clock: it keeps its connections and answers nothing."""

    def thaw(self) -> None:
        """Let it go on after `freeze`."""

    def remove(self) -> None:
        """End it and forget its data."""

    def log(self) -> str:
        """Return what it has printed so far."""


@dataclass
class Server:
    """A server that a test may break. Every method returns when the change is complete."""

    name: str
    url: str
    runner: Runner
    ready: Callable[[], object]  # true, or raises OSError, until the server answers

    def start(self, within: float = 90.0) -> None:
        """Start and wait until it answers."""
        self.runner.start()
        try:
            eventually(self.ready, within=within, every=0.05)
        except AssertionError as error:
            raise AssertionError(f"{self.name} did not start: {error}\n{self.runner.log()[-4000:]}") from None

    def stop(self) -> None:
        """Shut down in order."""
        self.runner.stop()

    def kill(self) -> None:
        """`kill -9`."""
        self.runner.kill()

    def freeze(self) -> None:
        """Keep the connections, answer nothing."""
        self.runner.freeze()

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self.runner.thaw()

    def remove(self) -> None:
        """End it and forget its data."""
        self.runner.remove()

    def log(self) -> str:
        """Return what it has printed so far."""
        return self.runner.log()
