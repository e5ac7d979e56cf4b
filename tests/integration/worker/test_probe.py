"""The probe command tells a worker that lives from none."""

from collections.abc import Callable
from pathlib import Path

from tests.integration.worker.conftest import Harbour


def test_a_worker_is_alive_as_long_as_it_runs(
    harbour: Harbour, tmp_path: Path, eventually: Callable[..., object]
) -> None:
    # Given: notes of this test alone
    notes = {"TMPDIR": str(tmp_path)}
    before = harbour.probe(notes)
    worker = harbour.start_worker("-Q", "noop", "-c", "1", env=notes)

    # When
    eventually(lambda: harbour.probe(notes) == 0)
    worker.kill()

    # Then
    assert (before, harbour.probe(notes)) == (1, 1)
