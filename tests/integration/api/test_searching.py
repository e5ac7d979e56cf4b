"""Tasks over HTTP by time, and by a piece of their id."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from .stand_in import StandInWorker, Submit


def test_tasks_are_found_by_a_piece_of_their_id(client: FlaskClient, submit: Submit) -> None:
    # Given
    for n in range(3):
        submit("add", [1, n], id=f"nightly-{n}")
    submit("add", [1, 2], id="other")

    # When
    page = client.get("/v1/tasks?id=NIGHT&limit=2").json
    assert page is not None
    rest = client.get(f"/v1/tasks?id=NIGHT&limit=2&cursor={page['next']}").json
    whole = client.get("/v1/tasks?id=nightly-1").json

    # Then
    assert [task["id"] for task in page["items"]] == ["nightly-2", "nightly-1"]
    assert page["scanned"] == 3
    assert rest is not None
    assert [task["id"] for task in rest["items"]] == ["nightly-0"]
    assert whole is not None
    assert [task["id"] for task in whole["items"]] == ["nightly-1"]
    assert (whole["scanned"], whole["next"]) == (0, None)


def test_tasks_are_found_by_when_they_were_submitted(client: FlaskClient, submit: Submit) -> None:
    # Given
    ids = [submit("add", [1, n]) for n in range(3)]
    listed = client.get("/v1/tasks").json
    assert listed is not None
    before = datetime.fromisoformat(listed["items"][-1]["submitted_at"])
    after = datetime.now(UTC) + timedelta(hours=1)

    # When
    inside = client.get("/v1/tasks", query_string={"since": before.isoformat(), "until": after.isoformat()})
    later = client.get("/v1/tasks", query_string={"since": after.isoformat()})
    earlier = client.get("/v1/tasks", query_string={"until": before.isoformat()})

    # Then
    assert inside.json is not None
    assert [task["id"] for task in inside.json["items"]] == ids[::-1]
    assert later.json == earlier.json == {"items": [], "next": None, "scanned": 0}


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=2026-11-21T08:00:00", "id=a/b", "id=", "cursor=1-", "cursor=1-2-3"]
)
def test_a_search_that_is_not_valid_is_refused(client: FlaskClient, query: str) -> None:
    # When
    answer = client.get(f"/v1/tasks?{query}")

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == query.partition("=")[0]


def test_a_cursor_of_tasks_is_none_of_batches(client: FlaskClient) -> None:
    assert client.get("/v1/batches?cursor=1-2").status_code == 422


def test_a_timeline_tells_what_happened(client: FlaskClient, submit: Submit, worker: StandInWorker) -> None:
    # Given
    id = submit("divide", [1, 0], retries=0)
    worker.run("divide")
    client.post(f"/v1/tasks/{id}/retry")

    # When
    told = client.get(f"/v1/tasks/{id}/timeline").json

    # Then
    assert told is not None
    assert [(one["state"], one["worker"], one["why"]) for one in told["items"]] == [
        ("PENDING", None, None),
        ("QUEUED", None, None),
        ("STARTED", "STANDIN1", None),
        ("FAILURE", "STANDIN1", "ZeroDivisionError: division by zero"),
        ("PENDING", None, "retried by anyone"),
    ]
    assert {one["attempt"] for one in told["items"]} == {1}
    assert told["items"][0]["at"].endswith("Z")
    assert client.get("/v1/tasks/nobody/timeline").status_code == 404
