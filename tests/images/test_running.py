"""Each image starts its part, answers its probe and ends in order."""

from collections.abc import Callable

import httpx
import pytest
import yaml

from longshore import Client
from tests.images.catalogue import ROOT
from tests.images.conftest import Build
from tests.images.part import Part
from tests.services.ports import free_port
from tests.services.waiting import Eventually

Run = Callable[..., Part]


@pytest.fixture
def settings(ledger_url: str, broker_url: str) -> dict[str, str]:
    """What every part is told. The containers share the machine's network, so only its loopback is used."""
    return {"LONGSHORE_LEDGER": ledger_url, "LONGSHORE_BROKER": broker_url, "LONGSHORE_HOST": "127.0.0.1"}


def _answers(url: str) -> Callable[[], bool]:
    def look() -> bool:
        try:
            return httpx.get(url).is_success
        except httpx.TransportError:
            return False

    return look


def test_the_api_answers_and_ends_on_sigterm(
    image: Build, run: Run, settings: dict[str, str], eventually: Eventually
) -> None:
    # Given
    port = free_port()
    api = run(image("longshore-api"), env={**settings, "LONGSHORE_PORT": str(port)})
    eventually(_answers(f"http://127.0.0.1:{port}/readyz"))

    # Then
    assert api.stop(grace=30) == 0


def test_the_scheduler_answers_and_ends_on_sigterm(
    image: Build, run: Run, settings: dict[str, str], eventually: Eventually
) -> None:
    # Given
    port = free_port()
    scheduler = run(image("longshore-scheduler"), env={**settings, "LONGSHORE_METRICS_PORT": str(port)})
    eventually(_answers(f"http://127.0.0.1:{port}/metrics"))

    # Then
    assert scheduler.stop(grace=30) == 0


def test_flower_answers_and_ends_on_sigterm(
    image: Build, run: Run, broker_url: str, eventually: Eventually
) -> None:
    # Given
    port = free_port()
    words = ["--broker", broker_url, "flower", "--address=127.0.0.1", f"--port={port}"]
    flower = run(image("longshore-flower"), words)
    eventually(_answers(f"http://127.0.0.1:{port}/healthcheck"))

    # Then
    assert flower.stop(grace=30) == 0


def test_the_load_tests_image_has_the_command(image: Build, run: Run) -> None:
    # When
    command = run(image("longshore-loadtest"), ["version"])

    # Then
    assert command.exit_status() == 0


@pytest.fixture
def url(image: Build, run: Run, settings: dict[str, str], eventually: Eventually) -> str:
    """The API of a system of three images, whose worker is the test's to start."""
    port = free_port()
    run(image("longshore-api"), env={**settings, "LONGSHORE_PORT": str(port)})
    run(image("longshore-scheduler"), env=settings)
    eventually(_answers(f"http://127.0.0.1:{port}/readyz"))
    return f"http://127.0.0.1:{port}"


def test_a_fresh_install_runs_add_and_a_stopped_worker_lets_its_task_end(
    image: Build, run: Run, settings: dict[str, str], url: str, eventually: Eventually
) -> None:
    # Given
    worker = run(image("longshore-worker"), ["-c", "1"], env=settings)
    with Client(url) as client:
        eventually(lambda: "add" in {task.name for task in client.catalogue()})

        # When
        added = client.submit("add", 1, 2)
        slept = client.submit("sleep", 5)

        # Then
        assert added.result(timeout=60) == 3
        eventually(lambda: slept.status().state == "STARTED")
        assert worker.ask("python", "-m", "longshore_worker", "--probe") == ""

        # When
        status = worker.stop(grace=40)

        # Then
        assert status == 0
        assert slept.status().state == "SUCCESS"


def test_the_load_test_s_job_sees_every_line_right(
    image: Build, run: Run, settings: dict[str, str], url: str
) -> None:
    # Given: the catalogue, as the chart's Job publishes it, and a worker
    published = run(image("longshore-worker"), ["--publish-catalogue"], env=settings)
    assert published.exit_status() == 0
    run(image("longshore-worker"), ["-c", "2"], env=settings)
    job = yaml.safe_load((ROOT / "k8s/loadtest-job.yaml").read_text(encoding="utf-8"))
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (shell, *words) = container["command"]

    # When
    env = {"LINES_TO_SEND": "1000", "LONGSHORE_URL": url}
    loadtest = run(image("longshore-loadtest"), [*words, *container["args"]], env=env, entrypoint=shell)

    # Then
    assert loadtest.exit_status() == 0
    assert "all 1000 lines are right" in loadtest.log()
