"""Prometheus' own programs: from PATH, else from Debian's package, unpacked and not installed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest


def program(name: Literal["prometheus", "promtool"], directory: Path) -> str:
    """Return the path of a program; `directory` is where a package is unpacked.

    Skips the test on a laptop that has none, and fails it in CI.
    """
    found = shutil.which(name) or _unpacked(directory / "usr" / "bin" / name, directory)
    if found is None:
        reason = (
            f"no {name}: put it on PATH (Debian: apt-get install prometheus; macOS: brew install prometheus)"
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def _unpacked(place: Path, directory: Path) -> str | None:
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not place.exists() and apt and dpkg:
        # Not installed: its service would start, and look at the developer's machine from then on.
        download = ["--option", "APT::Sandbox::User=root", "download", "prometheus"]
        for words in (download, ["update"], download):  # a fresh machine has no lists of packages yet
            if not list(directory.glob("prometheus_*.deb")):
                subprocess.run([apt, "--quiet", *words], cwd=directory, check=False, capture_output=True)
        for package in directory.glob("prometheus_*.deb"):
            subprocess.run([dpkg, "--extract", package, directory], check=True, capture_output=True)
    return str(place) if place.exists() else None
