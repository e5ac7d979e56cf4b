"""Looking for tasks, acting on many, and workers, by the client."""

from datetime import timedelta

import pytest

from longshore import Client
from longshore.client import NotFound
from longshore.states import State
from longshore_ledger import Ledger
from tests.integration.api.stand_in import StandInWorker


def test_tasks_are_looked_for(client: Client) -> None:
    # Given
    for n in range(5):
        client.submit("add", n, 1, id=f"nightly-{n}")
    client.submit("add", 1, 1, id="other")
    last = client.task("other").submitted_at
    assert last is not None

    # Then
    assert [one.id for one in client.tasks(id="ghtly", page=2)] == [f"nightly-{n}" for n in (4, 3, 2, 1, 0)]
    assert [one.id for one in client.tasks(id="nightly-3")] == ["nightly-3"]
    assert len(list(client.tasks(since=last - timedelta(minutes=1), until=last + timedelta(minutes=1)))) == 6
    assert list(client.tasks(since=last + timedelta(minutes=1))) == []
    naive = (last + timedelta(minutes=1)).astimezone().replace(tzinfo=None)
    assert len(list(client.tasks(until=naive))) == 6


def test_many_are_cancelled_and_run_once_more(client: Client) -> None:
    # Given more than a request takes
    ids = [client.submit("add", 1, 1, id=f"t{n}").id for n in range(3)]
    strangers = [f"stranger-{n}" for n in range(600)]

    # When
    cancelled = client.cancel_many(iter([*strangers, *ids]))
    retried = client.retry_many([*ids[:2], "stranger-0", ids[0]])

    # Then
    assert [one.id for one in cancelled] == [*strangers, *ids]
    assert [one.outcome for one in cancelled] == ["unknown"] * 600 + ["cancelled"] * 3
    assert [(one.id, one.outcome) for one in retried] == [
        ("t0", "retried"),
        ("t1", "retried"),
        ("stranger-0", "unknown"),
    ]
    assert client.cancel_many([]) == []


def test_a_timeline_is_told(client: Client, worker: StandInWorker) -> None:
    # Given
    handle = client.submit("add", 1, 1)
    worker.run("add")

    # When
    moments = client.timeline(handle.id)

    # Then
    assert [one.state for one in moments] == [State.PENDING, State.QUEUED, State.STARTED, State.SUCCESS]
    assert [one.worker for one in moments] == [None, None, "STANDIN1", "STANDIN1"]
    assert sorted(one.at for one in moments) == [one.at for one in moments]
    with pytest.raises(NotFound):
        client.timeline("nobody")


def test_a_worker_is_drained(client: Client, catalogued: Ledger) -> None:
    # Given
    catalogued.runs.beat("WORKER01", {})

    # When
    worker = client.drain("WORKER01")

    # Then
    assert (worker.id, worker.draining) == ("WORKER01", True)
    assert [one.draining for one in client.workers()] == [True]
    with pytest.raises(NotFound):
        client.drain("NOBODY01")
