"""Messages that a worker can make nothing of are never lost."""

import json
from pathlib import Path
from typing import Any

import amqp
import pytest
from kombu.utils.url import url_to_parts

from longshore.states import State
from longshore_broker import open_publisher
from tests.integration.worker.conftest import TASKS, Harness

OLDER = """
from longshore import task

@task
def known(a: int = 0) -> int:
    return a
"""


def test_a_task_that_only_newer_workers_know_waits_for_one(
    harness: Harness, tmp_path: Path, eventually: object
) -> None:
    # Given
    older = tmp_path / "older.py"
    older.write_text(OLDER)
    harness.start_worker("-Q", "noop", "-c", "1", tasks=older)
    ids = harness.submit("noop", 1, 2, 3)
    assert callable(eventually)
    eventually(lambda: {task.released for task in harness.tasks(ids)} == {"unknown task"})

    # When
    harness.start_worker("-Q", "noop", "-c", "1", tasks=TASKS)

    # Then
    tasks = harness.finish(ids, within=90)
    assert {(task.state, task.crashes) for task in tasks} == {(State.SUCCESS, 0)}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"lang": "py", "task": "noop", "id": "never-seen", "run": "r1"}, b"[[1],{},{}]"),
        ({"lang": "py", "task": "noop", "id": "no-run"}, b"[[1],{},{}]"),
        ({}, b"\xff\x00 hello"),
        ({"lang": "py", "task": "noop", "id": 7, "run": "r1"}, b"[[1],{},{}]"),
        ({"lang": "py", "task": "noop", "id": ["a"], "run": "r1"}, b"[[1],{},{}]"),
        ({"lang": "py", "task": {"a": 1}, "id": "a", "run": "r1"}, b"[[1],{},{}]"),
        ({"lang": "py", "task": "noop", "id": "a", "run": "r1", "timeout": "soon"}, b"[[1],{},{}]"),
        ({"lang": "py", "task": "noop", "id": "a", "run": "r1", "timeout": [30]}, b"[[1],{},{}]"),
    ],
)
def test_a_message_that_is_not_in_the_ledger_is_parked(
    harness: Harness, headers: dict[str, Any], body: bytes, eventually: object
) -> None:
    # Given
    harness.start_worker("-Q", "noop", "-c", "1")

    # When
    _publish(harness.broker_url, headers, body)

    # Then
    assert callable(eventually)
    [parked] = eventually(lambda: harness.ledger.connection.redis.hvals("{longshore}:parked"))
    assert json.loads(parked)["queue"] == "noop"
    assert harness.finish(harness.submit("noop", 1))[0].state is State.SUCCESS


def _publish(url: str, headers: dict[str, Any], body: bytes) -> None:
    publisher = open_publisher(url)
    publisher.connect()
    publisher.declare("noop")  # the worker may not have come to it yet
    publisher.close()
    parts = url_to_parts(url)
    with amqp.Connection(f"{parts.hostname}:{parts.port}", virtual_host=parts.path or "/") as connection:
        message = amqp.Message(body, application_headers=headers, content_type="application/json")
        connection.channel().basic_publish(message, routing_key="noop")
