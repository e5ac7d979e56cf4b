"""A copy of the ledger is made and restored, as docs/operations.md says."""

import subprocess
from pathlib import Path

import httpx

from tests.cluster.harness import Harness
from tests.cluster.release import Release
from tests.services.waiting import eventually

SCRIPTS = Path(__file__).parents[2] / "k8s" / "backup"


def test_a_restored_ledger_has_what_the_copy_had(harness: Harness, release: Release, tmp_path: Path) -> None:
    # Given a task that is done, and a copy of the ledger
    harness.submit("before", "mark", [1, 1])
    eventually(lambda: _state(harness, "before") == "SUCCESS", within=60, every=0.2)
    copy = tmp_path / "ledger.rdb"
    _run("backup.sh", release, copy)

    # When more was done since, and the copy is restored
    harness.submit("after", "mark", [2, 1])
    eventually(lambda: _state(harness, "after") == "SUCCESS", within=60, every=0.2)
    _run("restore.sh", release, copy)

    # Then what the copy had is there, what came after it is not, and work goes on
    eventually(
        lambda: harness.http.get("/status/before").json().get("state") == "SUCCESS", within=90, every=0.5
    )
    assert harness.http.get("/status/after").status_code == 404
    assert harness.submit("then", "mark", [3, 1]).is_success
    eventually(lambda: _state(harness, "then") == "SUCCESS", within=60, every=0.2)


def _state(harness: Harness, id: str) -> str | None:
    try:
        answer = harness.http.get(f"/status/{id}")
    except httpx.TransportError as error:
        raise OSError(str(error)) from error
    state: str | None = answer.json().get("state")
    return state


def _run(script: str, release: Release, copy: Path) -> None:
    command = ["bash", str(SCRIPTS / script), release.namespace, release.name, str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
