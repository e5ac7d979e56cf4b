"""A proxy between Locust and the API, which faults make slow, leaky or deaf."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from longshore_loadtest.run.child import Child
from longshore_loadtest.run.errors import CannotRun

_READY: Final = 10.0
_PORTS: Final = {"http": 80}


@contextmanager
def proxied(url: str, log: Path) -> Iterator[tuple[str, str]]:
    """Gives the URL that leads through a proxy to `url`, and the one where it is told what to do."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise CannotRun(f"a proxy cannot look like {url}: only http:// goes through one")
    to = f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"
    command = [sys.executable, "-P", "-m", "longshore_loadtest.faults.proxy", "--to", to]
    with Child(command, log, {}, grace=5.0) as child:
        told = _told(child)
        yield f"http://127.0.0.1:{told['port']}", told["control"]


def _told(child: Child) -> dict[str, str]:
    until = time.monotonic() + _READY
    while time.monotonic() < until and child.running:
        line, end, _ = child.log.read_text(encoding="utf-8").partition("\n")
        if end:
            told: dict[str, str] = json.loads(line)
            return told
        time.sleep(0.05)
    raise CannotRun(f"the proxy does not start:\n{child.last_lines()}")
