"""Counts over HTTP."""

import msgspec
import redis
from flask.testing import FlaskClient

from longshore_ledger import Ledger

from .stand_in import StandInWorker, Submit


def test_tasks_are_counted_by_state_and_queue(
    client: FlaskClient, submit: Submit, worker: StandInWorker, catalogued: Ledger
) -> None:
    # Given
    submit("add", [1, 2])
    submit("divide", [1, 0])
    worker.run("divide")
    catalogued.runs.beat("STANDIN1", {"queues": ["add"]})

    # When
    stats = client.get("/v1/stats").json

    # Then
    assert stats is not None
    assert (stats["states"]["PENDING"], stats["states"]["FAILURE"], stats["states"]["SUCCESS"]) == (1, 1, 0)
    assert stats["queues"]["divide"]["FAILURE"] == 1
    assert (stats["workers"], stats["parked"]) == (1, 0)


def test_a_snapshot_asks_the_ledger_for_each_thing_once(
    client: FlaskClient, submit: Submit, catalogued: Ledger, ledger_url: str
) -> None:
    # Given
    submit("add", [1, 2])
    catalogued.runs.beat("STANDIN1", {"queues": ["add"]})
    with redis.Redis.from_url(ledger_url) as server:
        server.config_resetstat()

        # When
        client.get("/v1/stats/snapshot")

        # Then: the kinds of tasks are read for the counts, who is asked to drain for the workers
        asked = server.info("commandstats")
    assert (asked["cmdstat_smembers"]["calls"], asked["cmdstat_hkeys"]["calls"]) == (1, 1)


def test_a_snapshot_shows_the_whole(
    client: FlaskClient, submit: Submit, worker: StandInWorker, catalogued: Ledger
) -> None:
    # Given a history, and what happened since
    catalogued.history.record()
    submit("add", [1, 2])
    submit("divide", [1, 0])
    submit("divide", [1, 1])
    worker.run("divide")
    catalogued.runs.beat("STANDIN1", {"queues": ["add", "divide"], "concurrency": 4})
    catalogued.control.pause("add", by="me")
    catalogued.maintenance.record_broker({}, away="it is being upgraded")

    # When
    snapshot = client.get("/v1/stats/snapshot").json

    # Then
    assert snapshot is not None
    assert snapshot["at"].endswith("Z")
    assert {state: n for state, n in snapshot["states"].items() if n} == {
        "PENDING": 1,
        "SUCCESS": 1,
        "FAILURE": 1,
    }
    add, divide = snapshot["queues"]
    assert (add["name"], add["paused"], add["waiting"], add["workers"]) == ("add", True, 1, 1)
    assert add["oldest_at"].endswith("Z")
    assert (divide["name"], divide["waiting"], divide["failed"], divide["oldest_at"]) == (
        "divide",
        0,
        1,
        None,
    )
    assert snapshot["workers"] == {"alive": 1, "gone": 0, "running": 0, "capacity": 4}
    assert (snapshot["broker_away"], snapshot["parked"]) == ("it is being upgraded", 0)
    assert snapshot["run"]["p50"] <= snapshot["run"]["p95"] <= snapshot["run"]["p99"]
    assert snapshot["wait"]["p99"] > 0
    assert snapshot["interval"] is None


def test_a_snapshot_of_nothing(client: FlaskClient) -> None:
    # When
    snapshot = client.get("/v1/stats/snapshot").json

    # Then
    assert snapshot is not None
    assert snapshot["rates"] == {"submitted": 0, "succeeded": 0, "failed": 0}
    assert (snapshot["wait"], snapshot["run"], snapshot["interval"]) == (None, None, None)
    assert snapshot["queues"] == []


def test_the_history_is_read_in_all_and_by_queue(
    client: FlaskClient, submit: Submit, catalogued: Ledger
) -> None:
    # Given what a scheduler kept a quarter of a minute ago, and what it keeps now
    slot = int(catalogued.history.now().at / 15e6)
    catalogued.connection.run("sample", slot - 1, _sample(catalogued, 15e6), 0)
    submit("add", [1, 2])
    submit("divide", [1, 2])
    catalogued.history.record()

    # When
    items = [client.get(f"/v1/stats/history{query}").json for query in ("", "?queue=add", "?queue=nobody")]

    # Then
    every, add, nobody = (each["items"] for each in items if each)
    assert [(item["submitted"], item["waiting"]) for item in every] == [(2, 2)]
    assert [(item["submitted"], item["waiting"]) for item in add] == [(1, 1)]
    assert [(item["submitted"], item["waiting"]) for item in nobody] == [(0, 0)]
    assert every[0]["seconds"] >= 15


def _sample(ledger: Ledger, us_ago: float) -> bytes:
    now = ledger.history.now()
    return msgspec.msgpack.encode(msgspec.structs.replace(now, at=now.at - int(us_ago)))
