"""Workers over HTTP."""

from flask.testing import FlaskClient

from longshore_ledger import Ledger


def test_a_worker_is_shown_as_it_described_itself(client: FlaskClient, catalogued: Ledger) -> None:
    # Given
    info = {
        "host": "crane",
        "pid": 7,
        "queues": ["add"],
        "concurrency": 4,
        "pool": "prefork",
        "version": "0.1.0",
        "held": {},
        "running": [{"id": "x", "since": "2026-11-21T12:00:00.000Z"}],
    }
    catalogued.runs.beat("WORKER01", info)

    # When
    page = client.get("/v1/workers").json

    # Then
    assert page is not None
    (worker,) = page["items"]
    assert (worker["id"], worker["alive"], worker["holds"]) == ("WORKER01", True, 0)
    shown = ("host", "pid", "queues", "concurrency", "pool", "version", "running")
    assert {name: worker[name] for name in shown} == {name: info[name] for name in shown}


def test_without_workers_the_list_is_empty(client: FlaskClient) -> None:
    assert client.get("/v1/workers").json == {"items": [], "next": None}


def test_a_worker_is_asked_to_drain(client: FlaskClient, catalogued: Ledger) -> None:
    # Given
    catalogued.runs.beat("WORKER01", {"host": "crane"})
    catalogued.runs.beat("WORKER02", {})

    # When
    answer = client.post("/v1/workers/WORKER01/drain")

    # Then
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["id"], answer.json["host"], answer.json["draining"]) == ("WORKER01", "crane", True)
    assert catalogued.runs.beat("WORKER01", {}).drain
    page = client.get("/v1/workers").json
    assert page is not None
    assert {one["id"]: one["draining"] for one in page["items"]} == {"WORKER01": True, "WORKER02": False}


def test_a_worker_that_is_not_there_is_not_drained(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/workers/NOBODY01/drain")

    # Then
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["type"] == "urn:longshore:no-such-worker"
