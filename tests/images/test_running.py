"""Each image starts its part, answers its probe and ends in order."""

from collections.abc import Callable

import httpx
import pytest

from longshore import Client
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
    command = run(image("longshore-loadtest"), ["version"], entrypoint="longshore")

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

        # Then
        assert added.result(timeout=60) == 3

        # Given
        slept = client.submit("sleep", 5)
        eventually(lambda: slept.status().state == "STARTED")
        assert worker.ask("python", "-m", "longshore_worker", "--probe") == ""

        # When
        status = worker.stop(grace=40)

        # Then
        assert status == 0
        assert slept.status().state == "SUCCESS"


def test_a_load_test_brings_its_own_system_and_judges_it(image: Build, run: Run) -> None:
    # When
    words = [
        "run",
        "--up",
        "--time",
        "5s",
        "--users",
        "4",
        "--faults",
        "kill-process/worker",
        "--output",
        "/tmp/runs",
    ]
    loadtest = run(image("longshore-loadtest"), words)

    # Then
    assert loadtest.exit_status() == 0
    assert "every promise was kept" in loadtest.log()


def test_a_worker_of_the_load_test_s_image_has_its_tasks(
    image: Build, run: Run, settings: dict[str, str], url: str, eventually: Eventually
) -> None:
    # Given: as the chart's pool runs it
    tasks = {
        "LONGSHORE_TASKS": "longshore_loadtest.marks.tasks",
        "LONGSHORE_LOADTEST_MARKS": "http://127.0.0.1:9",
    }
    words = ["-m", "longshore_worker", "--queues=loadtest"]

    # When
    run(image("longshore-loadtest"), words, env=settings | tasks, entrypoint="python")

    # Then
    with Client(url) as client:
        eventually(lambda: "loadtest.mark" in {task.name for task in client.catalogue()})
