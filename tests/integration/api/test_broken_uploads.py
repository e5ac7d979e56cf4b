"""Uploads that go wrong on the way: nothing of them runs, and whoever uploads learns why."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_api.upload.recorder import Recorder
from longshore_examples.arithmetic import add
from longshore_ledger import Ledger
from longshore_ledger.records import Chunk, NewBatch
from tests.services.runner import Server

from .stand_in import StandInWorker

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer


class _Eventful(io.BytesIO):
    """An upload's body in the middle of which something happens."""

    def __init__(self, event: Callable[[], object]) -> None:
        head = (
            b'--B\r\nContent-Disposition: form-data; name="task"\r\n\r\nadd\r\n'
            b'--B\r\nContent-Disposition: form-data; name="id"\r\n\r\nf\r\n'
            b'--B\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n'
        )
        super().__init__(head + b"1 2\n" * 1_000_000 + b"\r\n--B--\r\n")
        self._event: Callable[[], object] | None = event

    def readinto(self, buffer: "Buffer") -> int:
        """Read on; in the middle, let it happen."""
        if self._event and self.tell() > 2_000_000:
            self._event()
            self._event = None
        return super().readinto(buffer)


def _upload(client: FlaskClient, event: Callable[[], object]) -> TestResponse:
    body = _Eventful(event)
    return client.post(
        "/v1/batches",
        input_stream=body,
        content_length=len(body.getbuffer()),
        content_type="multipart/form-data; boundary=B",
    )


def test_an_upload_that_is_cancelled_ends_with_a_reason(
    client: FlaskClient, catalogued: Ledger, worker: StandInWorker
) -> None:
    # When somebody cancels the batch while its file arrives
    answer = _upload(client, lambda: catalogued.batches.cancel("f"))

    # Then
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"] == "urn:longshore:batch-closed"
    assert worker.run("add") == 0


def test_a_ledger_that_dies_during_an_upload_is_a_503_and_runs_nothing(own_redis: Server) -> None:
    # Given
    settings = Settings(ledger=own_redis.url)
    ledger = Ledger.open(own_redis.url, settings)
    ledger.catalogue.publish([add.spec])
    client = create_app(settings, ledger).test_client()

    # When
    answer = _upload(client, own_redis.kill)

    # Then
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    own_redis.start()
    batch = client.get("/v1/batches/f").json
    assert batch is not None
    assert batch["state"] == "OPEN"
    assert StandInWorker(ledger, {"add": add}).run("add") == 0
    ledger.close()


def test_a_slow_upload_keeps_its_lease(ledger: Ledger) -> None:
    # Given an upload whose lease is soon over
    batch = NewBatch(id="f", task="add", queue="add", digest=b"12345678")
    ledger.batches.open(batch)
    recorder = Recorder(ledger, batch, retries=0, lease=0)

    def lease() -> float:
        return float(ledger.connection.redis.zscore("{longshore}:uploads", "f") or 0)

    opened = lease()

    # When nothing but half a line has arrived
    recorder.keep()

    # Then
    assert lease() > opened > 0

    # When lines arrive one by one
    recorder.record(Chunk(number, ["1 2"]) for number in range(1, 4))
    ledger.batches.close("f")

    # Then each is on record once
    assert recorder.lines == 3
    recorded = ledger.batches.get("f")
    assert recorded is not None
    assert recorded.total == 3
    assert [line.number for line in ledger.batches.output("f")] == [1, 2, 3]
