"""Queues over HTTP."""

from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_ledger import Ledger
from longshore_ledger.keys import Role

from .stand_in import StandInWorker, Submit


def _queue(client: FlaskClient, name: str) -> dict[str, Any]:
    page = client.get("/v1/queues").json
    assert page is not None
    return next(queue for queue in page["items"] if queue["name"] == name)


def test_queues_are_listed_with_their_tasks_by_state(client: FlaskClient, submit: Submit) -> None:
    # Given
    submit("add", [1, 2])
    submit("add", [3, 4])

    # When
    queue = _queue(client, "add")

    # Then
    assert (queue["counts"]["PENDING"], queue["paused"], queue["workers"]) == (2, False, 0)


def test_a_paused_queue_starts_nothing_until_it_is_resumed(
    client: FlaskClient, submit: Submit, worker: StandInWorker
) -> None:
    # Given
    submit("add", [1, 2])

    # When
    answer = client.post("/v1/queues/add/pause")

    # Then
    assert answer.status_code == 204
    paused = _queue(client, "add")
    assert (paused["paused"], paused["pause"]["by"]) == (True, "anyone")
    assert worker.run("add") == 0

    # When
    client.post("/v1/queues/add/resume")

    # Then
    resumed = _queue(client, "add")
    assert (resumed["paused"], resumed["pause"]) == (False, None)
    assert worker.run("add") == 1


def test_a_queue_is_paused_before_its_first_task(client: FlaskClient) -> None:
    # When a queue is known from the catalogue alone
    client.post("/v1/queues/divide/pause")

    # Then
    assert _queue(client, "divide")["paused"] is True


def test_a_misspelt_queue_is_not_paused(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/queues/ad/pause")

    # Then
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["queue"] == "ad"


def test_a_submitter_may_name_the_queues_there_are_and_an_operator_a_new_one(
    redis_url: str, catalogued: Ledger
) -> None:
    # Given
    client = create_app(Settings(ledger=redis_url, auth="keys", queues=4), catalogued).test_client()
    keys = {role: catalogued.keys.create(f"a {role}", role) for role in Role}

    def submit(role: Role, queue: str) -> TestResponse:
        given = {"task": "add", "args": [1, 2], "queue": queue}
        return client.post("/v1/tasks", json=given, headers={"X-API-Key": keys[role]})

    def upload(role: Role, queue: str) -> TestResponse:
        form = {"task": "add", "queue": queue, "file": (BytesIO(b"1 2\n"), "a.txt")}
        return client.post("/v1/batches", data=form, headers={"X-API-Key": keys[role]})

    # When / Then
    for refused in (submit(Role.SUBMITTER, "new"), upload(Role.SUBMITTER, "new")):
        assert refused.status_code == 422
        assert refused.json is not None
        assert "add, divide, text" in refused.json["detail"]
        assert "operator" in refused.json["detail"]
    assert submit(Role.SUBMITTER, "divide").status_code == 202
    assert submit(Role.OPERATOR, "new").status_code == 202
    assert submit(Role.SUBMITTER, "new").status_code == 202
    assert "LONGSHORE_QUEUES" in submit(Role.OPERATOR, "one-too-many").text


def test_ten_thousand_made_up_queues_make_a_bounded_number(redis_url: str, catalogued: Ledger) -> None:
    # Given
    client = create_app(Settings(ledger=redis_url, queues=20), catalogued).test_client()
    lines = [f'{{"task":"add","args":[1,2],"queue":"q{n}"}}' for n in range(10_000)]

    # When
    answer = client.post(
        "/v1/tasks/bulk", data="\n".join(lines).encode(), content_type="application/x-ndjson"
    )

    # Then
    assert answer.json is not None
    assert answer.json["accepted"] == 17
    assert len(catalogued.views.queue_names()) == 17
