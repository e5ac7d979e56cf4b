"""What a job's thread has started, told from what others have."""

import multiprocessing
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from longshore_worker.execution.started_by_threads import StartedByThreads
from tests.services.waiting import Eventually, Steadily

LONG_AGO = 60.0


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> StartedByThreads:
    """What is started from now on."""
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.start)  # what it replaces comes back
    return StartedByThreads()


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that are ended with the test."""
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for process in found:
        process.kill()
        process.wait()


def _sleep(sleepers: list[subprocess.Popen[bytes]]) -> None:
    sleepers.append(subprocess.Popen(["sleep", "300"]))


def test_a_job_loses_what_it_started_and_what_its_threads_start(
    started: StartedByThreads, sleepers: list[subprocess.Popen[bytes]], eventually: Eventually
) -> None:
    with ThreadPoolExecutor(1) as own, started.job(1):
        # Given
        _sleep(sleepers)
        own.submit(_sleep, sleepers).result()

        # When
        assert started.end(1, LONG_AGO)

        # Then
        eventually(lambda: all(process.poll() == -9 for process in sleepers))


def test_a_job_that_was_given_up_loses_at_its_end_what_it_started_since(
    started: StartedByThreads, sleepers: list[subprocess.Popen[bytes]], eventually: Eventually
) -> None:
    # When
    with started.job(1):
        assert not started.end(1, LONG_AGO)
        _sleep(sleepers)

    # Then
    eventually(lambda: sleepers[0].poll() == -9)


def test_other_jobs_and_what_was_there_before_lose_nothing(
    started: StartedByThreads,
    sleepers: list[subprocess.Popen[bytes]],
    eventually: Eventually,
    steadily: Steadily,
) -> None:
    def neighbour() -> None:
        with started.job(2):
            _sleep(sleepers)
            over.wait()

    # Given
    over = threading.Event()
    with ThreadPoolExecutor(1) as other:
        other.submit(neighbour)
        eventually(lambda: sleepers)
        with started.job(1):
            _sleep(sleepers)
            running = sleepers.copy()

            # When
            started.end(2, -1.0)  # it runs for less than what it started does
            started.end(1, -1.0)
            started.end(3, LONG_AGO)

            # Then
            steadily(lambda: all(process.poll() is None for process in running))
            over.set()


def test_the_fork_server_that_tasks_share_goes_on(started: StartedByThreads) -> None:
    with started.job(1):
        # Given
        context = multiprocessing.get_context("forkserver")
        _run(context)

        # When
        started.end(1, LONG_AGO)

        # Then
        assert not started.end(1, LONG_AGO)
        _run(context)


def _run(context: multiprocessing.context.ForkServerContext) -> None:
    process = context.Process(target=int)
    process.start()
    process.join()
    assert process.exitcode == 0
