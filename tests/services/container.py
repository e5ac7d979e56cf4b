"""A server in a Docker container, by the plain `docker` command."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from uuid import uuid4


def docker(*words: str, within: float = 120.0) -> str:
    """Run a docker command and return what it prints; raises AssertionError with its words when it fails."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=within, check=False)
    assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr.strip()}"
    return done.stdout.strip()


@cache
def docker_answers() -> bool:
    """True when there is a Docker that this user may ask."""
    try:
        return bool(json.loads(docker("version", "--format", "{{json .Server.Version}}", within=10)))
    except (OSError, AssertionError, subprocess.TimeoutExpired, ValueError):
        return False


class Container:
    """One container. It keeps its data when it is killed and started again."""

    def __init__(
        self,
        image: str,
        command: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        ports: Sequence[int] = (),
    ) -> None:
        self.name = f"longshore-test-{uuid4().hex[:12]}"
        self._made = False
        self._how = (image, tuple(command), dict(env or {}), dict(files or {}), tuple(ports))

    def start(self) -> None:
        """Create the container the first time, start it."""
        if not self._made:
            self._make()
        docker("start", self.name)

    def stop(self) -> None:
        """SIGTERM to its first process."""
        docker("stop", "--time", "30", self.name)

    def kill(self) -> None:
        """SIGKILL to all of it."""
        docker("kill", self.name)
        docker("wait", self.name)

    def freeze(self) -> None:
        """Stop every process in it."""
        docker("pause", self.name)

    def thaw(self) -> None:
        """Let them go on."""
        docker("unpause", self.name)

    def remove(self) -> None:
        """Remove it and its volumes, running or not."""
        if self._made:
            docker("rm", "--force", "--volumes", self.name)
            self._made = False

    def log(self) -> str:
        """Return what it has printed so far."""
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def _make(self) -> None:
        image, command, env, files, ports = self._how
        # The host's network where it exists: it needs no bridge, no NAT and no userland proxy.
        published = [word for port in ports for word in ("--publish", f"127.0.0.1:{port}:{port}")]
        network = ["--network", "host"] if sys.platform == "linux" else published
        settings = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
        docker("create", "--name", self.name, *network, *settings, image, *command, within=600)
        self._made = True
        # Copied in rather than mounted: the daemon need not see this machine's files.
        for path, text in files.items():
            with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                Path(file.name).chmod(0o644)
                docker("cp", file.name, f"{self.name}:{path}")
