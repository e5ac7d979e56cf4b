"""Workers over HTTP."""

from flask.testing import FlaskClient

from longshore.ledger import Ledger


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
