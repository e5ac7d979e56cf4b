"""A copy of the ledger is made and restored, as docs/operations.md says."""

import subprocess
from pathlib import Path

import httpx

from tests.cluster.harbour import Harbour
from tests.cluster.release import Release
from tests.services.waiting import eventually

SCRIPTS = Path(__file__).parents[2] / "k8s" / "backup"


def test_a_restored_ledger_has_what_the_copy_had(harbour: Harbour, release: Release, tmp_path: Path) -> None:
    # Given a task that is done, and a copy of the ledger
    harbour.submit("before", "mark", [1, 1])
    eventually(lambda: _state(harbour, "before") == "SUCCESS", within=60, every=0.2)
    copy = tmp_path / "ledger.rdb"
    _run("backup.sh", release, copy)

    # When more was done since, and the copy is restored
    harbour.submit("after", "mark", [2, 1])
    eventually(lambda: _state(harbour, "after") == "SUCCESS", within=60, every=0.2)
    _run("restore.sh", release, copy)

    # Then what the copy had is there, what came after it is not, and work goes on
    eventually(
        lambda: harbour.http.get("/status/before").json().get("state") == "SUCCESS", within=90, every=0.5
    )
    assert harbour.http.get("/status/after").status_code == 404
    assert harbour.submit("then", "mark", [3, 1]).is_success
    eventually(lambda: _state(harbour, "then") == "SUCCESS", within=60, every=0.2)


def _state(harbour: Harbour, id: str) -> str | None:
    try:
        answer = harbour.http.get(f"/status/{id}")
    except httpx.TransportError as error:
        raise OSError(str(error)) from error
    state: str | None = answer.json().get("state")
    return state


def _run(script: str, release: Release, copy: Path) -> None:
    command = ["bash", str(SCRIPTS / script), release.namespace, release.name, str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
