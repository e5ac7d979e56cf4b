"""From which level on a worker logs, its tasks among it: LONGSHORE_LOG_LEVEL."""

import json
import signal
from pathlib import Path

import pytest

from tests.integration.worker.conftest import Harness
from tests.services.program import Program

_TASKS = """
import logging

from longshore import task


@task
def tell(what: str) -> None:
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger("mine").log(level, what)
"""
_LEVELS = ("debug", "info", "warning", "error")


def _levels(program: Program) -> list[str]:
    """Of what the task said."""
    lines = [json.loads(line) for line in program.log().splitlines() if line.startswith("{")]
    return [line["level"] for line in lines if line["event"] == "of a task"]


@pytest.mark.parametrize("level", ["debug", "error"])
def test_a_task_s_records_are_logged_from_the_level_on(harness: Harness, tmp_path: Path, level: str) -> None:
    # Given
    source = tmp_path / "telling.py"
    source.write_text(_TASKS)
    worker = harness.start_worker("-c", "1", tasks=source, log_level=level)

    # When
    harness.finish(harness.submit("tell", "of a task"))

    # Then
    worker.process.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
    assert _levels(worker) == list(_LEVELS[_LEVELS.index(level) :])
