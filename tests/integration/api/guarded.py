"""A real API that asks for keys, one for all tests of a module, which each find the ledger empty."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.integration.client.serving import serving
from tests.services.program import Program
from tests.services.waiting import Eventually

ADMIN_KEY: Final = "lsk_of-the-tests-0123456789"


class Guarded:
    """An API that asks for keys."""

    def __init__(self, process: Program) -> None:
        self.process = process
        self.port = int(process.env["LONGSHORE_PORT"])
        self.address = f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A program's request, on a connection of its own."""
        given = {"X-API-Key": ADMIN_KEY, **headers}
        return httpx.get(f"{self.address}{path}", headers=given, trust_env=False, timeout=20)

    def processor_seconds(self) -> float:
        """What it and its children have used so far."""
        family = {self.process.pid, *_children_of(self.process.pid)}
        return sum(sum(map(int, _stat(pid)[11:13])) for pid in family) / os.sysconf("SC_CLK_TCK")

    def told_of_defects(self) -> list[str]:
        """Lines of its log that only a defect of ours writes."""
        lines = self.process.log().splitlines()
        return [line for line in lines if '"event": "bug"' in line or "Traceback (most recent" in line]


def _children_of(parent: int) -> list[int]:
    pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [pid for pid in pids if (found := _stat(pid)) and int(found[1]) == parent]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the program's name; none where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@pytest.fixture(scope="module")
def guarded(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory, eventually: Eventually
) -> Iterator[Guarded]:
    """It serves. That no request met a defect is looked at when all are done."""
    log = tmp_path_factory.mktemp("guarded") / "api.log"
    with serving(redis_url, log, eventually, admin_key=ADMIN_KEY, log_format="json") as program:
        api = Guarded(program)
        yield api
        assert program.alive()
        assert api.told_of_defects() == []
