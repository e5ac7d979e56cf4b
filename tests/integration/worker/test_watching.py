"""What Celery's own tools, and Prometheus, see of a worker that was asked to show itself."""

from collections.abc import Callable
from typing import Any

import celery
import httpx

from tests.integration.worker.conftest import Harness
from tests.services.ports import free_port


def test_flower_and_inspect_see_tasks_and_cannot_touch_them(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "nap", "-c", "1", "--events")
    [id] = harness.submit("nap", 30)
    harness.begin(id)
    inspector: Any = celery.Celery(broker=harness.broker_url)

    # When
    [active] = (inspector.control.inspect(timeout=5, limit=1).active() or {}).values()
    answers = inspector.control.revoke(id, terminate=True, reply=True, timeout=2)

    # Then
    assert [task["id"] for task in active] == [id]
    assert not [answer for reply in answers for answer in reply.values() if "ok" in answer]
    assert harness.states([id]) == {"STARTED"}


def test_a_worker_counts_what_it_does(harness: Harness, eventually: Callable[..., Any]) -> None:
    # Given
    port = free_port()
    harness.start_worker("-Q", "noop", "-c", "1", metrics_port=port, host="127.0.0.1")

    # When
    harness.finish(harness.submit("noop", *range(30)))

    # Then
    def counted() -> bool:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        return (
            "longshore_worker_started_total 30.0" in text
            and 'longshore_worker_ended_total{outcome="SUCCESS"} 30.0' in text
            and "longshore_worker_flush_seconds_bucket" in text
        )

    eventually(counted)
