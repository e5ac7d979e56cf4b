"""The probe tells a worker that lives from one that does not."""

from pathlib import Path

from tests.integration.worker.conftest import Harbour


def test_a_worker_is_alive_until_its_loop_stands_still(
    harbour: Harbour, tmp_path: Path, eventually: object
) -> None:
    # Given: notes of this test alone
    notes = {"TMPDIR": str(tmp_path)}
    nobody = harbour.probe(notes)
    worker = harbour.start_worker("-Q", "noop", "-c", "1", env=notes)

    # When
    alive = harbour.probe(notes)
    worker.freeze()

    # Then
    assert (nobody, alive) == (1, 0)
    assert callable(eventually)
    eventually(lambda: harbour.probe(notes) == 1, within=60, every=1)
