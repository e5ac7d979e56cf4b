"""What `longshore up` runs: each part's command line and environment."""

import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from longshore.errors import LongshoreError
from longshore.settings import Settings
from longshore_cli.up.part import Recipe

FLOWER_USER: Final = "longshore"
_LEDGER_GRACE: Final = 60.0
"""Seconds the embedded ledger may take to write what it has: a slow disk deserves it."""


class NoSuchTasks(LongshoreError):
    """The tasks are not there.

    There is no file {source}. --tasks takes .py files and modules, separated by commas.
    """


@dataclass(frozen=True)
class Plan:
    """What was asked for, with every default settled."""

    settings: Settings
    queues: str | None = None
    """Separated by commas; None for those of all tasks."""
    concurrency: int | None = None
    pool: str | None = None
    flower_port: int | None = None
    """None: no Flower."""
    flower_password: str = field(default_factory=partial(secrets.token_urlsafe, 18), repr=False)

    @property
    def url(self) -> str:
        """Where the API is found from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.settings.host, self.settings.host)  # noqa: S104
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"http://{host}:{self.settings.port}"

    def recipes(self) -> list[Recipe]:
        """Every part but the embedded ledger, in the order of starting and of stopping."""
        environment = self._environment()
        silent = environment | {"LONGSHORE_METRICS_PORT": "0"}  # one machine has each port once
        drain = self.settings.drain_seconds + 5.0
        recipes = [
            Recipe("api", _python("longshore_api"), silent | self._links(), grace=25.0),
            Recipe("scheduler", _python("longshore_scheduler"), environment),
            Recipe("worker", [*_python("longshore_worker"), *self._worker_options()], silent, grace=drain),
        ]
        if self.flower_port is not None:
            recipes.append(Recipe("flower", _flower(self.flower_port), environment | self._secrets()))
        return recipes

    def _worker_options(self) -> list[str]:
        given = {"-Q": self.queues, "-c": self.concurrency, "--pool": self.pool}
        options = [text for name, value in given.items() if value is not None for text in (name, str(value))]
        options.append("--newest")  # an edit that was undone is no older release
        return [*options, "--events"] if self.flower_port is not None else options

    def _secrets(self) -> dict[str, str]:
        """What Flower has to know and others must not: they can see a command line."""
        return {
            "CELERY_BROKER_URL": self.settings.broker,
            "FLOWER_BASIC_AUTH": f"{FLOWER_USER}:{self.flower_password}",
            # It shows and the ledger decides: a button pressed there would go around it.
            "FLOWER_READ_ONLY": "true",
        }

    def _links(self) -> dict[str, str]:
        """The address that the API's page leads to Flower by, unless one was given."""
        if self.flower_port is None or self.settings.flower_url is not None:
            return {}
        return {"LONGSHORE_FLOWER_URL": f"http://127.0.0.1:{self.flower_port}"}

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        return {
            "LONGSHORE_LEDGER": settings.ledger,
            "LONGSHORE_BROKER": settings.broker,
            "LONGSHORE_TASKS": ",".join(settings.tasks),
            "LONGSHORE_HOST": settings.host,
            "LONGSHORE_PORT": str(settings.port),
            "LONGSHORE_LOG_FORMAT": "json",
            "PYTHONUNBUFFERED": "1",
        }


def _flower(port: int) -> list[str]:
    return [
        *_python("longshore_cli.up.local_flower"),
        "flower",
        "--address=127.0.0.1",
        f"--port={port}",
        "--logging=error",  # it warns of each question that our workers do not answer
        "--conf=/dev/null",  # else it would run a flowerconfig.py of the working directory
    ]


def ledger_recipe(command: Sequence[str], lock: int) -> Recipe:
    """The embedded ledger."""
    return Recipe("ledger", command, grace=_LEDGER_GRACE, keeps_data=True, inherits=(lock,))


def task_sources(given: str) -> str:
    """`--tasks` with every file by its whole path, since parts may run elsewhere. Raises NoSuchTasks."""
    sources = [source.strip() for source in given.split(",") if source.strip()]
    return ",".join(str(_existing(source)) if source.endswith(".py") else source for source in sources)


def _existing(source: str) -> Path:
    path = Path(os.path.expanduser(source)).resolve()  # noqa: PTH111 - Path's raises where there is no home
    if not path.is_file():
        raise NoSuchTasks(source=source)
    return path


def _python(module: str) -> list[str]:
    # -P: else a file of the working directory, a structlog.py, would stand in for a module of that name.
    return [sys.executable, "-P", "-m", module]
