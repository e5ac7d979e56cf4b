"""Debian's packages, installed where the tests may: as root, once whoever asks, and started by nobody."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path


def install(there: Callable[[], object], *packages: str) -> None:
    """Install the packages unless they are `there` by then. Does nothing elsewhere, or for anyone else."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    with (Path(tempfile.gettempdir()) / "longshore-test-packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if there():
            return
        policy = Path("/usr/sbin/policy-rc.d")  # Debian's way to say: do not start what is installed
        ours = not policy.exists()
        if ours:
            policy.write_text("#!/bin/sh\nexit 101\n")
            policy.chmod(0o755)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        waits = ["--option", "DPkg::Lock::Timeout=300"]  # somebody else may be installing
        try:
            for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
                command = [apt, "--quiet", *waits, *words]
                subprocess.run(command, env=env, check=False, stdin=subprocess.DEVNULL)
        finally:
            if ours:
                policy.unlink()
