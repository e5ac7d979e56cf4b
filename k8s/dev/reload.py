# ruff: noqa: INP001  # a program of its own
"""Runs a part from a copy of its sources, and starts it again when they change: `reload.py -m longshore_api`.

The arguments are Python's. `skaffold dev` writes what was edited into the copy, which is in the only place of
a pod that can be written to.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from pathlib import Path

SOURCES = Path(os.environ.get("SOURCES", sysconfig.get_paths()["purelib"]))
COPY = Path(os.environ.get("COPY", "/tmp/src"))  # noqa: S108  # an emptyDir of the pod's own
LOOK_SECONDS = 0.5


def main(words: Sequence[str]) -> int:
    """Run until the part ends by itself or a signal ends it; returns its exit status."""
    if not COPY.exists():
        for package in SOURCES.glob("longshore*"):
            if not package.name.endswith(".dist-info"):
                shutil.copytree(package, COPY / package.name)
    command = [sys.executable, *words]
    environment = {**os.environ, "PYTHONPATH": str(COPY)}
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    seen, reloaded = state(), False
    running = subprocess.Popen(command, env=environment)  # noqa: S603  # the part that the image is made for
    while not stop.wait(LOOK_SECONDS):
        now = state()
        if now != seen:
            running.terminate()
            running.wait()
            seen, reloaded = now, True
            running = subprocess.Popen(command, env=environment)  # noqa: S603
        elif running.poll() is not None and not (reloaded and running.returncode):
            # What a change broke, the next may fix; all else is left to Kubernetes.
            return running.returncode
    running.terminate()
    return running.wait()


def state() -> dict[str, float]:
    """When each source was last written."""
    return {str(path): path.stat().st_mtime for path in COPY.rglob("*") if path.is_file()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
