"""Erlang's port mapper beside a RabbitMQ that runs as a process."""

import os
import socket

from tests.services.program import Program
from tests.services.sources import binary
from tests.services.waiting import eventually


class Epmd:
    """RabbitMQ with an epmd of its own, in the foreground: one that it started would outlive the tests."""

    def __init__(self, rabbitmq: Program, port: int) -> None:
        self.rabbitmq = rabbitmq
        self.port = port
        program = binary("epmd")
        assert program
        env = {**os.environ, "ERL_EPMD_ADDRESS": "127.0.0.1"}
        self.epmd = Program([program, "-port", str(port)], rabbitmq.log_file.with_suffix(".epmd.log"), env)

    def start(self) -> None:
        """Start both, the mapper first."""
        if not self.epmd.alive():
            self.epmd.start()
            eventually(self._listens)
        self.rabbitmq.start()

    def stop(self) -> None:
        """SIGTERM to the broker."""
        self.rabbitmq.stop()

    def kill(self) -> None:
        """SIGKILL to the broker."""
        self.rabbitmq.kill()

    def freeze(self) -> None:
        """SIGSTOP to the broker."""
        self.rabbitmq.freeze()

    def thaw(self) -> None:
        """SIGCONT to the broker."""
        self.rabbitmq.thaw()

    def remove(self) -> None:
        """End both, delete the data."""
        self.rabbitmq.remove()
        self.epmd.remove()

    def log(self) -> str:
        """Return what the broker has printed."""
        return self.rabbitmq.log()

    def _listens(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
