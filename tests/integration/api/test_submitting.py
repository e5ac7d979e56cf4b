"""Submitting one task over HTTP."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from .stand_in import StandInWorker, Submit


def test_a_submitted_task_is_on_record_with_its_defaults(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/tasks", json={"task": "add", "args": [2, 3]})

    # Then
    assert answer.status_code == 202
    task = answer.json
    assert task is not None
    assert (task["task"], task["queue"], task["priority"], task["state"]) == ("add", "add", 4, "PENDING")
    assert task["args"] == [2, 3]
    assert answer.headers["Location"] == f"/v1/tasks/{task['id']}"
    assert client.get(answer.headers["Location"]).json == task


def test_what_a_submission_says_wins_over_the_catalogue(client: FlaskClient) -> None:
    # When
    given = {"task": "add", "args": {"a": 1, "b": 2}, "id": "my-task:1", "queue": "math", "priority": 9}
    task = client.post("/v1/tasks", json=given).json

    # Then
    assert task is not None
    assert {name: task[name] for name in given} == given


@pytest.mark.parametrize("late", [{"delay": 60}, {"run_at": "2030-01-01T00:00:00+01:00"}])
def test_a_task_for_later_shows_when_it_is_due(client: FlaskClient, late: dict[str, Any]) -> None:
    # When
    task = client.post("/v1/tasks", json={"task": "add", "args": [1, 2], **late}).json

    # Then
    assert task is not None
    assert task["state"] == "PENDING"
    assert task["due_at"] > task["submitted_at"]
    if "run_at" in late:
        assert task["due_at"] == "2029-12-31T23:00:00.000Z"


def test_the_same_id_and_payload_is_the_same_task(client: FlaskClient, worker: StandInWorker) -> None:
    # Given a task that has run meanwhile
    client.post("/v1/tasks", json={"task": "add", "args": [2, 3], "id": "once"})
    worker.run("add")

    # When its submission is sent again, in other words
    body = '{"id": "once",   "args": [ 2,3 ], "task": "add"}'
    answer = client.post("/v1/tasks", data=body, content_type="application/json")

    # Then
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["state"], answer.json["result"]) == ("SUCCESS", 5)


def test_the_same_id_with_another_payload_is_refused(client: FlaskClient, submit: Submit) -> None:
    # Given
    submit("add", [2, 3], id="once")

    # When
    answer = client.post("/v1/tasks", json={"task": "add", "args": [2, 4], "id": "once"})

    # Then
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"] == "urn:longshore:id-taken"
    task = client.get("/v1/tasks/once").json
    assert task is not None
    assert task["args"] == [2, 3]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"args": [1]}, "args"),
        ({"args": [1, "two"]}, "b"),
        ({"args": {"a": 1, "b": 2, "c": 3}}, "c"),
        ({"args": 7}, "args"),
        ({"args": [1, 2], "priority": 10}, "priority"),
        ({"args": [1, 2], "id": "with space"}, "id"),
        ({"args": [1, 2], "id": "a\n"}, "id"),
        ({"args": [1, 2], "queue": "q" * 101}, "queue"),
        ({"args": [1, 2], "delay": -1}, "delay"),
        ({"args": [1, 2], "delay": 1, "run_at": "2099-01-01T00:00:00Z"}, "run_at"),
        ({"args": [1, 2], "run_at": "2099-01-01T00:00:00"}, "run_at"),
        ({"args": [1, 2], "timeout": 0}, "timeout"),
        ({"args": [1, 2], "depends_on": ["x"]}, "depends_on"),
        ({"args": [1, 2], "key": "alice"}, "key"),
        ({"args": [1, 2], "task": None}, "task"),
    ],
)
def test_what_is_not_valid_is_refused_by_the_field_at_fault(
    client: FlaskClient, wrong: dict[str, Any], field: str
) -> None:
    # When
    answer = client.post("/v1/tasks", json={"task": "add", **wrong})

    # Then
    assert answer.status_code == 422, answer.text
    assert answer.json is not None
    assert answer.json["field"] == field
    assert client.get("/status/all").json == {}


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity"])
def test_a_number_that_json_does_not_have_is_refused(client: FlaskClient, number: str) -> None:
    # When
    body = f'{{"task": "add", "args": [1, {number}]}}'
    answer = client.post("/v1/tasks", data=body, content_type="application/json")

    # Then
    assert answer.status_code in {400, 422}
    assert client.get("/status/all").json == {}


def test_a_task_that_nobody_published_is_unknown(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/tasks", json={"task": "launch", "args": []})

    # Then
    assert answer.status_code == 404
    assert answer.json is not None
    assert "longshore worker --publish-catalogue" in answer.json["detail"]


def test_arguments_beyond_the_limit_are_refused_with_both_sizes(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/tasks", json={"task": "wordcount", "args": ["x" * 262_144]})

    # Then
    assert answer.status_code == 413
    assert answer.json is not None
    assert (answer.json["size"], answer.json["limit"]) == (262_148, 262_144)


@pytest.mark.parametrize("queue", ["amq.direct", "longshore.epoch"])
def test_a_queue_that_is_not_for_tasks_is_refused_at_the_door(client: FlaskClient, queue: str) -> None:
    # When
    task = client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "queue": queue})
    form = {"task": "add", "queue": queue, "file": (BytesIO(b"1 2\n"), "numbers.txt")}
    batch = client.post("/v1/batches", data=form)

    # Then
    for answer in (task, batch):
        assert answer.status_code == 422
        assert (answer.json or {})["field"] == "queue"
        assert "RabbitMQ's" in (answer.json or {})["detail"]
