"""`python -m tests.services`: fetch or install what tests run on before the first test's clock runs."""

import os
import subprocess
import sys

import pytest

from tests.services import rabbitmq_server, redis_server
from tests.services.container import docker
from tests.services.sources import Source, source


def main() -> int:
    """Say what tests will run on; 1 in CI when there is nothing."""
    if os.environ.get("REDIS_URL") and os.environ.get("RABBITMQ_URL"):
        print("tests run on REDIS_URL and RABBITMQ_URL; the kill tests on servers of their own")
        return 0
    try:
        chosen = source()
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        print(reason, file=sys.stderr)
        return int(isinstance(reason, pytest.fail.Exception))
    if chosen is Source.DOCKER:
        for image in (redis_server.IMAGE, rabbitmq_server.IMAGE):
            if not docker("images", "--quiet", image):
                subprocess.run(["docker", "pull", image], check=True)
    print(f"tests run on Redis and RabbitMQ from {chosen}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
