"""Where the tests' services come from: given by URL, Docker, installed binaries, or Debian's packages."""

import os
import shutil
from enum import StrEnum

import pytest

from tests.services import debian
from tests.services.container import docker_answers

PACKAGES = ("rabbitmq-server", "redis-server")
FORCE = "LONGSHORE_TEST_SERVICES"
# Debian's wrappers on PATH insist on being root or the user rabbitmq; the scripts behind them do not.
PLACES = ("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin", "/opt/homebrew/bin")


class Source(StrEnum):
    """What a server that the tests start themselves runs in."""

    DOCKER = "docker"
    BINARIES = "binaries"


def binary(name: str) -> str | None:
    """Return the path of a server's program, or None."""
    return shutil.which(name, path=os.pathsep.join([*PLACES, os.environ.get("PATH", "")]))


def source() -> Source:
    """Choose Docker, else binaries, else install them, else skip the test (in CI: fail)."""
    forced = os.environ.get(FORCE)
    default = Source.DOCKER if not forced and docker_answers() else Source.BINARIES
    chosen = Source(forced) if forced else default
    if chosen is Source.BINARIES and not _binaries():
        debian.install(_binaries, *PACKAGES)
        if not _binaries():
            give_up()
    if chosen is Source.DOCKER and not docker_answers():
        give_up()
    return chosen


def give_up() -> None:
    """Skip on a laptop, fail in CI, and name the four ways out."""
    reason = (
        "no RabbitMQ and Redis to test on: set RABBITMQ_URL and REDIS_URL to running ones; or start Docker; "
        "or install rabbitmq-server and redis-server; or run as root on Debian, to have them installed"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _binaries() -> bool:
    return all(binary(name) for name in (*PACKAGES, "epmd"))
