"""How many unfinished tasks a key may have: in all API processes together, in whatever way it submits."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from longshore.settings import Settings
from longshore_api import create_app
from longshore_ledger import Ledger
from longshore_ledger.keys import Role

from .stand_in import StandInWorker
from .uploading import upload

Sender = Callable[[str], FlaskClient]


@pytest.fixture
def sender(redis_url: str, catalogued: Ledger) -> Sender:
    """`sender("ann")`: a client with an operator's key of that name, which may have two unfinished tasks.

    Each of them asks an API of its own.
    """

    def make(name: str) -> FlaskClient:
        app = create_app(Settings(ledger=redis_url, auth="keys", key_tasks=2), catalogued)
        client = app.test_client()
        client.environ_base["HTTP_X_API_KEY"] = catalogued.keys.create(name, Role.OPERATOR)
        return client

    return make


def _submit(client: FlaskClient, id: str) -> int:
    return client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": id}).status_code


def test_a_key_that_has_as_many_tasks_as_it_may_is_told_so(sender: Sender) -> None:
    # Given
    ann, bob = sender("ann"), sender("bob")
    assert [_submit(ann, id) for id in "ab"] == [202, 202]

    # When
    refused = ann.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "c"})

    # Then
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "10"
    problem = refused.json
    assert problem is not None
    assert problem["type"] == "urn:longshore:too-many-tasks"
    assert (problem["key"], problem["unfinished"], problem["limit"]) == ("ann", 2, 2)
    assert "LONGSHORE_KEY_TASKS" in problem["detail"]
    assert ann.get("/v1/tasks/c").status_code == 404

    # And what is known is answered, and others are taken
    assert _submit(ann, "a") == 200
    assert _submit(bob, "c") == 202

    # And when one has ended, one more is taken; one that is retried is counted and not refused
    assert ann.post("/v1/tasks/a/cancel").status_code == 200
    assert _submit(ann, "d") == 202
    assert ann.post("/v1/tasks/a/retry").status_code == 202
    assert _submit(ann, "e") == 429


def test_lines_of_a_bulk_submission_beyond_the_bound_are_rejected(sender: Sender) -> None:
    # Given
    ann = sender("ann")
    lines = [json.dumps({"task": "add", "args": [n, 1], "id": f"n{n}"}) for n in range(4)]

    # When
    answer = ann.post("/v1/tasks/bulk", data="\n".join(lines), content_type="application/x-ndjson")

    # Then
    outcome = answer.json
    assert outcome is not None
    assert (answer.status_code, outcome["accepted"], outcome["rejected_count"]) == (200, 2, 2)
    assert [(one["line"], one["id"]) for one in outcome["rejected"]] == [(3, "n2"), (4, "n3")]
    assert all("LONGSHORE_KEY_TASKS" in one["reason"] for one in outcome["rejected"])


def test_an_upload_is_refused_before_it_begins_and_not_in_its_middle(
    sender: Sender, catalogued: Ledger, worker: StandInWorker
) -> None:
    # Given a file of more chunks than the key may have tasks
    ann, text = sender("ann"), b"1 2\n" * 40
    assert upload(ann, text, id="first").status_code == 202
    assert catalogued.keys.unfinished(["ann"])["ann"] > 2

    # When
    refused = upload(ann, text, id="second")

    # Then
    assert refused.status_code == 429
    assert "LONGSHORE_KEY_TASKS" in refused.json["detail"]  # type: ignore[index]
    assert ann.get("/v1/batches/second").status_code == 404

    # And when the first one is done it is taken
    worker.run("add")
    assert upload(ann, text, id="second").status_code == 202


def test_who_submitted_is_shown(sender: Sender) -> None:
    # Given
    ann = sender("ann")
    _submit(ann, "a")
    upload(ann, b"1 2\n", id="file")

    # Then
    for path in ("/v1/tasks/a", "/v1/tasks/file.0", "/v1/batches/file"):
        assert ann.get(path).json["submitted_by"] == "ann", path  # type: ignore[index]
    for path in ("/tasks/a", "/batches/file"):
        assert " by ann</dd>" in ann.get(path).text, path


def test_where_no_keys_are_asked_for_nothing_is_bounded(redis_url: str, catalogued: Ledger) -> None:
    # Given
    client = create_app(Settings(ledger=redis_url, key_tasks=1), catalogued).test_client()

    # Then
    assert [_submit(client, id) for id in "abc"] == [202] * 3
    assert client.get("/v1/tasks/a").json["submitted_by"] is None  # type: ignore[index]
