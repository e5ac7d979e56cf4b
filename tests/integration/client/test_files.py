"""Files by the client."""

import io
from pathlib import Path

import pytest

from longshore import Client
from longshore.client import Batch, Conflict, NotFound, Rejected
from longshore.states import BatchState
from longshore_ledger import Ledger
from tests.integration.api.stand_in import StandInWorker


def test_a_file_goes_in_and_a_file_comes_out(client: Client, worker: StandInWorker, tmp_path: Path) -> None:
    # Given
    numbers = tmp_path / "numbers.txt"
    numbers.write_bytes(b"\xef\xbb\xbf1 2\r\n3.5 4\r\n\r\n1 x\r\n5 6")
    batch = client.upload(numbers, "add", priority=7)

    # When
    worker.run("add")

    # Then
    seen: list[Batch] = []
    ended = batch.wait(10, watch=seen.append)
    assert (ended.state, ended.total, ended.done, ended.failed) == (BatchState.DONE, 5, 5, 1)
    assert ended.filename == "numbers.txt"
    assert seen[-1] == ended
    output = list(batch.output())
    assert output[:3] == ["3", "7.5", ""]
    assert output[3].startswith("error: line 4: ")
    assert output[4] == "11"
    assert list(batch.errors()) == [output[3]]
    batch.save(tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text().splitlines() == output


def test_a_file_of_many_chunks_keeps_its_order(client: Client, worker: StandInWorker, ledger: Ledger) -> None:
    lines = "".join(f"{n} 1\n" for n in range(5_000)).encode()

    batch = client.upload(io.BytesIO(lines), "add")
    while ledger.maintenance.walk_batches():  # as the scheduler does
        pass
    worker.run("add")

    assert list(batch.output(timeout=30)) == [str(n + 1) for n in range(5_000)]


def test_the_output_of_what_runs_is_not_taken_for_all_of_it(client: Client) -> None:
    # Given
    batch = client.upload(io.BytesIO(b"1 2\n3 4\n"), "add")

    # Then it is waited for, or asked for as it is
    with pytest.raises(TimeoutError):
        batch.output(timeout=0.1)
    assert list(batch.output(partial=True)) == ["error: line 1: not run yet", "error: line 2: not run yet"]
    with pytest.raises(Conflict):
        list(client.batch_bytes(batch.id, "output"))


def test_a_csv_names_its_columns(client: Client, worker: StandInWorker) -> None:
    batch = client.upload(io.BytesIO(b"b,a\n1,2\n"), "divide", format="csv")
    worker.run("divide")

    assert "2.0" in list(batch.output(timeout=10))


def test_what_is_no_text_is_refused_by_line(client: Client) -> None:
    with pytest.raises(Rejected, match="line 2"):
        client.upload(io.BytesIO(b"1 2\n\x00\x01"), "add")
    with pytest.raises(NotFound, match="catalogue"):
        client.upload(io.BytesIO(b"1 2\n"), "no-such-task")


def test_a_cancelled_batch_runs_no_more(client: Client, worker: StandInWorker) -> None:
    batch = client.upload(io.BytesIO(b"1 2\n"), "add")

    assert batch.cancel().state is BatchState.REVOKED

    assert worker.run("add") == 0


def test_failed_lines_are_run_once_more(client: Client, worker: StandInWorker) -> None:
    batch = client.upload(io.BytesIO(b"1 0\n4 2\n"), "divide")
    worker.run("divide")
    assert batch.wait(10).failed == 1

    batch.retry()

    assert batch.status().state is BatchState.RUNNING


def test_one_id_is_one_file(client: Client) -> None:
    first = client.upload(io.BytesIO(b"1 2\n"), "add", id="mine")

    assert client.upload(io.BytesIO(b"1 2\n"), "add", id="mine").id == first.id
    with pytest.raises(Conflict):
        client.upload(io.BytesIO(b"5 6\n"), "add", id="mine")
