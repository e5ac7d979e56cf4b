"""The catalogue over HTTP."""

from flask.testing import FlaskClient

from longshore_examples.arithmetic import divide
from longshore_ledger import Ledger


def test_the_catalogue_says_what_each_task_takes(client: FlaskClient) -> None:
    # When
    page = client.get("/v1/catalogue").json

    # Then
    assert page is not None
    assert [spec["name"] for spec in page["items"]] == ["add", "divide", "wordcount"]
    add = page["items"][0]
    assert (add["queue"], add["parameters"], add["summary"]) == ("add", ["a", "b"], "Add two numbers.")
    assert add["schema"]["required"] == ["a", "b"]


def test_a_damaged_definition_is_shown_and_hurts_no_other_task(
    client: FlaskClient, catalogued: Ledger
) -> None:
    # Given
    damage = b'{"name":"divide","queue":"divide","schema":{},"parameters":[],"retries":true}'
    catalogued.connection.redis.hset("{longshore}:catalogue", "divide", damage)

    # When
    page = client.get("/v1/catalogue").json
    form = client.get("/submit").text
    answers = [client.post("/v1/tasks", json={"task": task, "args": [6, 3]}) for task in ("add", "divide")]
    lines = b'{"task":"add","args":[1,2]}\n{"task":"divide","args":[1,2]}\n'
    bulk = client.post("/v1/tasks/bulk", data=lines, content_type="application/x-ndjson").json

    # Then
    assert page is not None
    assert bulk is not None
    assert [spec["name"] for spec in page["items"]] == ["add", "wordcount"]
    [damaged] = page["damaged"]
    assert damaged["name"] == "divide"
    assert "retries" in damaged["reason"]
    assert "divide cannot be submitted" in form
    assert [answer.status_code for answer in answers] == [202, 409]
    assert "`longshore worker --publish-catalogue`" in (answers[1].json or {})["detail"]
    assert (bulk["accepted"], bulk["rejected_count"]) == (1, 1)
    assert client.get("/status/all").status_code == 200
    catalogued.catalogue.publish([divide.spec])
    assert client.post("/v1/tasks", json={"task": "divide", "args": [6, 3]}).status_code == 202
