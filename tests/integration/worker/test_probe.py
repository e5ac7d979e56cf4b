"""The probe command tells a worker that lives from none; the metrics port tells who is in service."""

from collections.abc import Callable
from pathlib import Path

import httpx

from tests.integration.worker.conftest import Harness
from tests.services.ports import free_port
from tests.services.runner import Server


def test_a_worker_is_alive_as_long_as_it_runs(
    harness: Harness, tmp_path: Path, eventually: Callable[..., object]
) -> None:
    # Given: notes of this test alone
    notes = {"TMPDIR": str(tmp_path)}
    before = harness.probe(notes)
    worker = harness.start_worker("-Q", "noop", "-c", "1", env=notes)

    # When
    eventually(lambda: harness.probe(notes) == 0)
    worker.kill()

    # Then
    assert (before, harness.probe(notes)) == (1, 1)


def test_a_worker_is_ready_from_its_first_broker_on(
    make_harness: Callable[..., Harness], own_rabbitmq: Server, eventually: Callable[..., object]
) -> None:
    # Given a worker that comes up before its broker
    own_rabbitmq.kill()
    port = free_port()
    worker = make_harness(own_rabbitmq.url).start_worker("-Q", "noop", "-c", "1", metrics_port=port)

    def get(path: str) -> tuple[int, str]:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False)
        except httpx.TransportError as error:
            raise ConnectionError(error) from error
        return answer.status_code, answer.text

    eventually(lambda: get("/readyz") == (503, "waiting for the broker\n"))
    assert get("/livez") == (200, "ok\n")

    # When
    own_rabbitmq.start()

    # Then, and it stays so when the broker goes again
    eventually(lambda: get("/readyz") == (200, "ok\n"), within=60)
    own_rabbitmq.kill()
    eventually(lambda: "the connection to the broker is lost" in worker.log())
    assert get("/readyz") == get("/livez") == (200, "ok\n")


def test_a_worker_without_a_ledger_lives_and_is_not_ready(
    make_harness: Callable[..., Harness], embedded: Server, eventually: Callable[..., object]
) -> None:
    # Given
    port = free_port()
    harness = make_harness(embedded.url, embedded.url)
    embedded.kill()

    # When
    harness.start_worker("-Q", "noop", "-c", "1", ready=False, metrics_port=port)

    # Then
    def probes() -> list[int]:
        try:
            return [
                httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False).status_code
                for path in ("/livez", "/readyz", "/metrics")
            ]
        except httpx.TransportError as error:
            raise ConnectionError(error) from error

    eventually(lambda: probes() == [200, 503, 404])
