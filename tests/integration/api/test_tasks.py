"""Single tasks over HTTP: read, wait, cancel, retry, explain."""

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.services.waiting import Eventually

from .stand_in import StandInWorker, Submit


def test_tasks_are_listed_by_page_and_filter(client: FlaskClient, submit: Submit) -> None:
    # Given
    ids = [submit("add", [n, n], queue="math") for n in range(5)]
    submit("divide", [1, 2])

    # When
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"queue": "math", "state": "PENDING", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/tasks", query_string=query).json
        assert page is not None
        assert len(page["items"]) <= 2
        seen += [task["id"] for task in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    # Then
    assert seen == ids[::-1]


@pytest.mark.parametrize(
    "query", ["state=LOST", "limit=0", "limit=501", "cursor=abc", "queue=a/b", "statte=PENDING"]
)
def test_a_query_that_is_not_valid_is_refused(client: FlaskClient, query: str) -> None:
    # When
    answer = client.get(f"/v1/tasks?{query}")

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == query.partition("=")[0]


def test_a_result_is_not_waited_for_unless_asked(client: FlaskClient, submit: Submit) -> None:
    # Given
    id = submit("add", [2, 3])

    # When
    answer = client.get(f"/v1/tasks/{id}/result")

    # Then
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["state"] == "PENDING"


def test_who_waits_gets_the_result_as_soon_as_there_is_one(
    client: FlaskClient, submit: Submit, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given three who wait, two of them for the same task
    ids = [submit("add", [2, 3]), submit("divide", [1, 0])]
    app = client.application
    answers: dict[int, Any] = {}

    def wait(place: int, id: str) -> None:
        answers[place] = app.test_client().get(f"/v1/tasks/{id}/result?wait=60")

    waiting = [threading.Thread(target=wait, args=pair) for pair in enumerate([ids[0], ids[0], ids[1]])]
    for thread in waiting:
        thread.start()
    room = app.extensions["longshore"].tasks_waited_for
    eventually(lambda: sum(map(len, room._guests.values())) == 3)

    # When
    worker.run("add")
    worker.run("divide")

    # Then
    for thread in waiting:
        thread.join(10)
    assert [answers[place].status_code for place in range(3)] == [200, 200, 200]
    assert [answers[place].json["result"] for place in range(3)] == [5, 5, None]
    assert answers[2].json["state"] == "FAILURE"
    assert answers[2].json["error"]["type"] == "ZeroDivisionError"
    eventually(lambda: not room._asking)


def test_a_wait_ends_when_its_time_is_over(client: FlaskClient, submit: Submit) -> None:
    # Given
    id = submit("add", [2, 3])

    # When
    answer = client.get(f"/v1/tasks/{id}/result?wait=0.05")

    # Then
    assert answer.status_code == 202


def test_a_waiting_task_is_cancelled_at_once_and_can_be_retried(
    client: FlaskClient, submit: Submit, worker: StandInWorker
) -> None:
    # Given
    id = submit("add", [2, 3])

    # When
    cancelled = client.post(f"/v1/tasks/{id}/cancel")

    # Then
    assert cancelled.status_code == 200
    assert cancelled.json is not None
    assert cancelled.json["state"] == "REVOKED"
    assert worker.run("add") == 0

    # When
    retried = client.post(f"/v1/tasks/{id}/retry")

    # Then
    assert retried.status_code == 202
    worker.run("add")
    task = client.get(f"/v1/tasks/{id}").json
    assert task is not None
    assert (task["state"], task["result"]) == ("SUCCESS", 5)


def test_a_running_task_is_asked_to_stop(client: FlaskClient, submit: Submit, worker: StandInWorker) -> None:
    # Given
    id = submit("add", [2, 3])
    worker.begin("add")

    # When
    answer = client.post(f"/v1/tasks/{id}/cancel")

    # Then
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["state"], answer.json["cancel_requested"]) == ("STARTED", "anyone")


def test_what_has_ended_well_is_neither_cancelled_nor_retried(
    client: FlaskClient, submit: Submit, worker: StandInWorker
) -> None:
    # Given
    id = submit("add", [2, 3])
    worker.run("add")

    # When
    cancelled, retried = client.post(f"/v1/tasks/{id}/cancel"), client.post(f"/v1/tasks/{id}/retry")

    # Then
    assert cancelled.status_code == 200
    assert cancelled.json is not None
    assert cancelled.json["state"] == "SUCCESS"
    assert retried.status_code == 409


def test_a_task_that_waits_says_why(client: FlaskClient, submit: Submit) -> None:
    # Given
    id = submit("add", [2, 3])
    client.post("/v1/queues/add/pause")

    # When
    explanation = client.get(f"/v1/tasks/{id}/explain").json

    # Then
    assert explanation is not None
    assert "paused" in explanation["reason"]
    assert explanation["advice"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/result"), ("GET", "/explain"), ("POST", "/cancel"), ("POST", "/retry")],
)
def test_a_task_that_was_never_accepted_is_not_there(client: FlaskClient, method: str, path: str) -> None:
    # When
    answer = client.open(f"/v1/tasks/nobody{path}", method=method)

    # Then
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["id"] == "nobody"
