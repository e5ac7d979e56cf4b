"""The real command against real services."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest

from longshore_cli.doctor.permissions import Account, set_up
from tests.integration.client.serving import api_process, catalogued, url, worker
from tests.services.shared import Rabbit

__all__ = ["api_process", "catalogued", "url", "worker"]


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        assert self.out, self.err
        return json.loads(self.out)


Longshore = Callable[..., Said]


@pytest.fixture
def longshore(tmp_path: Path) -> Longshore:
    """`longshore("submit", "add", "2", "3", url=…)` runs the command with LONGSHORE_URL and so on."""

    def run(*words: str, **settings: object) -> Said:
        # Without its bytecode the command would compile a hundred thousand lines at every start.
        unwanted = ("LONGSHORE_", "PYTHONDONTWRITEBYTECODE")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        # A data directory of its own: a `longshore up` of whoever runs the tests is none of theirs.
        given = {"data": tmp_path / "no-data"} | settings
        environment = {f"LONGSHORE_{name.upper()}": str(value) for name, value in given.items()}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "longshore_cli", *words],
            env=inherited | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def plain_user(rabbitmq: Rabbit, vhost: str) -> Iterator[tuple[str, str]]:
    """A broker's user without any permission, and the URL with it."""
    if rabbitmq.management is None:
        pytest.skip("the given RabbitMQ has no management API")
    name = f"user-{uuid4().hex[:8]}"
    parts = urlsplit(rabbitmq.url)
    rabbitmq.management._ask("PUT", f"users/{name}", json={"password": "secret", "tags": ""})
    address = f"{name}:secret@{parts.hostname}:{parts.port}"
    yield name, parts._replace(netloc=address, path="/" + quote(vhost, safe="")).geturl()
    rabbitmq.management._ask("DELETE", f"users/{name}")


def management_url(rabbitmq: Rabbit) -> str:
    """Its management API, with an administrator's login."""
    assert rabbitmq.management is not None
    address = urlsplit(rabbitmq.management.url)
    return address._replace(netloc=f"guest:guest@{address.netloc}").geturl()


@pytest.fixture
def rightful_user(rabbitmq: Rabbit, plain_user: tuple[str, str]) -> str:
    """The URL of a broker's user with the rights that the doctor gives, and no others."""
    _, url = plain_user
    set_up(Account.of(url), management_url(rabbitmq))
    return url
