"""Several tasks at a time over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from longshore_ledger import Ledger
from tests.integration.ledger.files import run_file

from .stand_in import StandInWorker, Submit


def test_each_of_many_is_cancelled_or_says_why_not(
    client: FlaskClient, catalogued: Ledger, submit: Submit, worker: StandInWorker
) -> None:
    # Given
    submit("add", [1, 2], id="done")
    worker.run("add")
    submit("divide", [1, 2], id="runs")
    worker.begin("divide")
    submit("add", [1, 2], id="waits")
    run_file(catalogued, "b", ["1 2"])
    ids = ["waits", "runs", "done", "nobody", "b.0", "waits", "no id", "", "x" * 200]

    # When
    answer = client.post("/v1/tasks/cancel", json={"ids": ids})

    # Then each once
    assert answer.status_code == 200
    assert answer.json == {
        "items": [
            {"id": "waits", "outcome": "cancelled"},
            {"id": "runs", "outcome": "asked"},
            {"id": "done", "outcome": "ended"},
            {"id": "nobody", "outcome": "unknown"},
            {"id": "b.0", "outcome": "chunk-of-batch"},
            {"id": "no id", "outcome": "unknown"},
            {"id": "", "outcome": "unknown"},
            {"id": "x" * 200, "outcome": "unknown"},
        ]
    }


def test_each_of_many_runs_once_more_or_says_why_not(
    client: FlaskClient, catalogued: Ledger, submit: Submit, worker: StandInWorker
) -> None:
    # Given
    submit("divide", [1, 0], id="failed", retries=0)
    worker.run("divide")
    submit("add", [1, 2], id="waits")
    run_file(catalogued, "b", ["1 2"])
    ids = ["no id", "failed", "waits", "nobody", "b.0", "failed"]

    # When
    answer = client.post("/v1/tasks/retry", json={"ids": ids})

    # Then
    assert answer.json == {
        "items": [
            {"id": "no id", "outcome": "unknown"},
            {"id": "failed", "outcome": "retried"},
            {"id": "waits", "outcome": "not-failed"},
            {"id": "nobody", "outcome": "unknown"},
            {"id": "b.0", "outcome": "chunk-of-batch"},
        ]
    }


@pytest.mark.parametrize("action", ["cancel", "retry"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": []}, "ids"),
        ({"ids": [f"t{n}" for n in range(501)]}, "ids"),
        ({"ids": ["a", 1]}, "ids[1]"),
        ({"ids": "a"}, "ids"),
        ({}, "ids"),
        ({"ids": ["a"], "by": "me"}, "by"),
    ],
)
def test_a_request_for_many_that_is_not_valid_is_refused(
    client: FlaskClient, action: str, body: dict[str, Any], field: str
) -> None:
    # When
    answer = client.post(f"/v1/tasks/{action}", json=body)

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == field


def test_five_hundred_go_at_once(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/tasks/cancel", json={"ids": ["x" * 120 + f"{n}" for n in range(500)]})

    # Then
    assert answer.status_code == 200
    assert answer.json is not None
    assert len(answer.json["items"]) == 500
