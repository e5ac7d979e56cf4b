"""What was measured on: without it figures mean nothing."""

import os
import platform
from importlib.metadata import version
from typing import Any

from longshore_loadtest.settings import Settings


def environment() -> dict[str, Any]:
    """The machine of the run, and versions."""
    one, five, _ = os.getloadavg()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "longshore": version("longshore"),
        "locust": version("locust"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory GiB": round(memory / 2**30, 1),
        "load before": f"{one:.1f} (1 min) {five:.1f} (5 min)",
    }


def settings_told(settings: Settings, window: int, retention: float | None) -> dict[str, Any]:
    """The settings but what is secret or of this machine; the scheduler's two are for the verdict."""
    told = settings.model_dump(mode="json", exclude={"key", "folder", "marks"}) | {"window": window}
    return told | ({} if retention is None else {"retention": retention})
