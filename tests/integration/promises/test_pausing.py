"""A paused queue starts nothing."""

import time

from tests.faults.marks import Marks
from tests.faults.system import System
from tests.services.waiting import Eventually, Steadily

BOUND = 2.0
"""Seconds after which a paused queue starts nothing more."""


def test_a_paused_queue_starts_nothing_more_within_2_seconds_and_goes_on_when_resumed(
    system: System, marks: Marks, eventually: Eventually, steadily: Steadily
) -> None:
    # Given two workers in the middle of 400 tasks of 50 ms
    system.start(workers=2)
    ids = {f"task-{number}": [number, 50] for number in range(400)}
    system.submit_many(ids)
    eventually(lambda: marks.ended() >= 50, within=30)

    # When the queue is paused
    assert system.post("/v1/queues/faults/pause").is_success
    paused_at = time.monotonic()

    # Then nothing is started from two seconds later on
    eventually(lambda: time.monotonic() > paused_at + BOUND)
    begun = len(marks.beginnings())
    assert begun < len(ids)
    steadily(lambda: len(marks.beginnings()) == begun, during=2)
    assert system.get("/v1/tasks/task-399/explain").json()["reason"].startswith("Its queue faults was paused")

    # And when it is resumed, all of it is done, each task once
    assert system.post("/v1/queues/faults/resume").is_success
    eventually(lambda: system.states(ids) == {"SUCCESS"}, within=60)
    assert marks.executions().total() == len(ids)
