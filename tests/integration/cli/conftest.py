"""The real command against real services."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.client.serving import api_process, catalogued, url, worker

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
            [sys.executable, "-m", "longshore_cli", *words],
            env=inherited | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run
