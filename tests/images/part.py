"""An image run the way Kubernetes runs it: nothing to write to but /tmp, no privileges, its own user."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.services.container import docker

HARDENED = (
    "--read-only",
    *("--tmpfs", "/tmp:rw,mode=1777"),
    *("--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges"),
    *("--network", "host"),
)


class Part:
    """A container of one of our images. `files` are copied in before it starts: path → text."""

    def __init__(
        self,
        image: str,
        words: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        mounts: Mapping[Path, str] | None = None,
        entrypoint: str | None = None,
    ) -> None:
        self.name = f"longshore-image-{uuid4().hex[:12]}"
        options = [
            *HARDENED,
            *(word for name, value in (env or {}).items() for word in ("--env", f"{name}={value}")),
            *(word for path, at in (mounts or {}).items() for word in ("--volume", f"{path}:{at}:ro")),
            *(("--entrypoint", entrypoint) if entrypoint else ()),
        ]
        docker("create", "--name", self.name, *options, image, *words)

    def start(self) -> None:
        """Start its first process."""
        docker("start", self.name)

    def stop(self, grace: int) -> int:
        """SIGTERM, after `grace` seconds SIGKILL, which makes it 137; returns the exit status."""
        docker("stop", "--time", str(grace), self.name, within=grace + 60)
        return self.exit_status()

    def exit_status(self) -> int:
        """Wait until it has ended; its status."""
        return int(docker("wait", self.name, within=120))

    def ask(self, *command: str) -> str:
        """What a command in the running container prints; AssertionError when it fails."""
        return docker("exec", self.name, *command)

    def log(self) -> str:
        """What it has printed so far."""
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def remove(self) -> None:
        """End it and forget it."""
        docker("rm", "--force", "--volumes", self.name)


def described(image: str) -> dict[str, Any]:
    """What `docker inspect` knows of an image's configuration."""
    found: dict[str, Any] = json.loads(docker("image", "inspect", "--format", "{{json .Config}}", image))
    return found
