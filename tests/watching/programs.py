"""Prometheus' own programs: from PATH, else from Debian's package, unpacked and not installed."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, Literal

import pytest

_UNPACKED: Final = Path(tempfile.gettempdir()) / "longshore-test-prometheus"


def program(name: Literal["prometheus", "promtool"]) -> str:
    """Return the path of a program. Skips the test on a laptop that has none, and fails it in CI."""
    found = shutil.which(name) or _unpacked(_UNPACKED / "usr" / "bin" / name)
    if found is None:
        reason = (
            f"no {name}: put it on PATH (Debian: apt-get install prometheus; macOS: brew install prometheus)"
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def _unpacked(place: Path) -> str | None:
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if apt is None or dpkg is None:
        return None
    _UNPACKED.mkdir(exist_ok=True)
    with (_UNPACKED / "lock").open("w") as lock:  # the first of several test processes fetches it for all
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            # Not installed: its service would start, and look at the developer's machine from then on.
            download = ["--option", "APT::Sandbox::User=root", "download", "prometheus"]
            for words in (download, ["update"], download):  # a fresh machine has no lists of packages yet
                if not list(_UNPACKED.glob("prometheus_*.deb")):
                    subprocess.run([apt, "--quiet", *words], cwd=_UNPACKED, check=False, capture_output=True)
            for package in _UNPACKED.glob("prometheus_*.deb"):
                subprocess.run([dpkg, "--extract", package, _UNPACKED], check=True, capture_output=True)
    return str(place) if place.exists() else None
