"""Queues over HTTP."""

from typing import Any

from flask.testing import FlaskClient

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
