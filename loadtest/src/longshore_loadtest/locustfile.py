"""What Locust loads: `locust -f …/longshore_loadtest/locustfile.py`, as `longshore-loadtest run` starts it.

Settings come from the environment (`settings.py`), the same for master, workers and a Locust that is alone.
"""

import logging
import os
import socket
import tempfile
from pathlib import Path
from typing import Any, Final

from locust import LoadTestShape, events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from longshore_loadtest.settings import Settings, load_settings
from longshore_loadtest.shapes import SHAPES
from longshore_loadtest.shipping import Receiver, Sender
from longshore_loadtest.users.book import Book
from longshore_loadtest.users.looking_only import look_only
from longshore_loadtest.users.operator import Operator
from longshore_loadtest.users.source import Source, finish_all
from longshore_loadtest.users.submitter import Submitter
from longshore_loadtest.users.uploader import Uploader
from longshore_loadtest.users.watcher import Watcher

__all__ = ["Operator", "Shape", "Submitter", "Uploader", "Watcher"]

_FIXED: Final = Watcher.fixed_count + Operator.fixed_count
_ARGUMENT: Final = "--longshore-settings"
_OWN: Final = ("key", "folder")
"""Settings that each process has for itself."""
_LEAVE: Final = 5.0
"""Seconds beyond the patience for an answer after which what is in flight is given up."""


class Shape(LoadTestShape):
    """The shape that was asked for, and its end."""

    def tick(self) -> tuple[int, float] | None:
        """Users now, and how many may begin a second: at once, since arrivals are what is spread."""
        settings = load_settings()
        at = float(self.get_run_time())  # type: ignore[no-untyped-call]
        if at >= settings.seconds:
            return None
        wanted = SHAPES[settings.shape](at, settings.users, settings.seconds)
        return wanted + _FIXED, 100.0


# A line for each request of the watchers' client would be most of the log.
logging.getLogger("httpx").setLevel(logging.WARNING)


def declare(parser: LocustArgumentParser) -> None:
    """A run's settings as an argument of Locust's: what the master has, its workers are told."""
    told = load_settings().model_dump_json(exclude=set(_OWN))
    parser.add_argument(_ARGUMENT, default=told, include_in_web_ui=False, help="Set by the master.")


def begin(environment: Environment, **_: Any) -> None:
    """Open the part of the history of a Locust that is alone; a master has none, but takes its workers'."""
    settings = load_settings()
    environment.host = settings.url
    if environment.web_ui is not None and environment.web_ui.app is not None:
        look_only(environment.web_ui.app)
    if isinstance(environment.runner, MasterRunner):
        receiver = Receiver(environment.runner, settings.folder)
        events.test_stop.add_listener(lambda **_: receiver.finish(settings.patience + 2 * _LEAVE))
    elif not isinstance(environment.runner, WorkerRunner):
        Source.book = Book(settings, settings.folder, "locust")


def begin_worker(environment: Environment, **_: Any) -> None:
    """Open a worker's part, which goes to the master as it grows. It learns now which run it is."""
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        own = load_settings()
        assert environment.parsed_options, "the master has sent them"
        told = Settings.model_validate_json(environment.parsed_options.longshore_settings)
        settings = told.model_copy(update={name: getattr(own, name) for name in _OWN})
        part = f"locust-{socket.gethostname()}-{os.getpid()}"
        Source.book = Book(settings, Path(tempfile.mkdtemp(prefix="longshore-loadtest-")), part)
        sender = Sender(runner, Source.book.path, part)
        # After `end`, which is registered before: listeners are called in their order.
        events.test_stop.add_listener(lambda **_: sender.finish())


def end(environment: Environment, **_: Any) -> None:
    """Nothing more is begun; wait for what is in flight, whose outcome would be unknown otherwise."""
    if not isinstance(environment.runner, MasterRunner):
        finish_all(load_settings().patience + _LEAVE)


events.init_command_line_parser.add_listener(declare)
events.init.add_listener(begin)
events.test_start.add_listener(begin_worker)
events.test_stop.add_listener(end)
