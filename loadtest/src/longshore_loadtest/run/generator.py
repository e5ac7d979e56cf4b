"""Locust, as a process of its own: what it patches for its greenlets stays there."""

import sys
from pathlib import Path
from typing import Final

from longshore_loadtest.run.child import Child
from longshore_loadtest.settings import Settings, environment

LOCUSTFILE: Final = Path(__file__).parents[1] / "locustfile.py"
LOOPBACK: Final = "127.0.0.1"
_LEAVE: Final = 30.0
"""Seconds beyond the patience for answers that Locust may take to end."""


def generator(
    settings: Settings, *, processes: int, workers: int, web: int | None, listen: str = LOOPBACK
) -> Child:
    """Locust as it is to be run.

    `processes` of it share the load on this machine; or it waits for `workers` that connect from elsewhere,
    to the address `listen`. `web` is the port of its page, on loopback; without, there is none.
    """
    command = [sys.executable, "-P", "-m", "locust", "--locustfile", str(LOCUSTFILE)]
    command += ["--csv", str(settings.folder / "locust"), "--csv-full-history", "--reset-stats"]
    command += ["--html", str(settings.folder / "locust.html"), "--host", settings.url]
    if web is None:
        command += ["--headless", "--only-summary"]
    else:
        # On loopback alone: it has no login. `kubectl port-forward` reaches a pod's loopback, too.
        command += ["--autostart", "--autoquit", "1", "--web-host", LOOPBACK, "--web-port", str(web)]
    if workers:
        command += ["--master", "--expect-workers", str(workers), "--master-bind-host", listen]
    elif processes > 1:
        command += ["--processes", str(processes), "--master-bind-host", LOOPBACK]
    grace = settings.patience + _LEAVE
    return Child(command, settings.folder / "locust.log", environment(settings), grace=grace)


def summary(log: Path) -> str:
    """Locust's own table, as it printed it at the end."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("Type ")]
    return "\n".join(lines[starts[0] :]) if starts else "\n".join(lines[-20:])
