"""What a new task, batch or queue may be called: what an address can reach, and no chunk has for a name."""

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from longshore.errors import InvalidTask
from longshore.names import why_not_task_id
from longshore.task import task
from longshore_ledger import Ledger

from .uploading import upload


@pytest.mark.parametrize("id", [".", "..", "all", "batch.0", "2026.11"])
def test_a_task_may_not_take_an_id_that_is_kept(client: FlaskClient, catalogued: Ledger, id: str) -> None:
    # When it is submitted by itself, and with others
    given = {"task": "add", "args": [1, 2], "id": id}
    single = client.post("/v1/tasks", json=given)
    bulk = client.post(
        "/v1/tasks/bulk",
        data=f'{{"task": "add", "args": [1, 2], "id": "{id}"}}\n',
        content_type="application/x-ndjson",
    )

    # Then
    assert single.status_code == 422
    assert single.json is not None
    assert single.json["detail"].startswith("id: ")
    assert single.json["detail"].endswith("; choose another")
    assert bulk.json is not None
    assert [rejected["reason"] for rejected in bulk.json["rejected"]] == [single.json["detail"]]
    assert catalogued.views.task(id) is None


@pytest.mark.parametrize("name", [".", ".."])
def test_batches_and_queues_may_not_be_called_like_folders(client: FlaskClient, name: str) -> None:
    answers = [
        upload(client, b"1 2\n", id=name),
        upload(client, b"1 2\n", queue=name),
        client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "queue": name}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert [answer.json["detail"].partition(":")[0] for answer in answers if answer.json] == [
        "id",
        "queue",
        "queue",
    ]


@pytest.mark.parametrize("name", [".", ".."])
def test_a_task_may_not_be_declared_for_such_a_queue(name: str) -> None:
    with pytest.raises(InvalidTask, match="folder"):
        task(name="unreachable", queue=name)(print)


def test_a_submitter_cannot_end_an_upload_by_taking_its_chunks_id(client: FlaskClient) -> None:
    # Given somebody who knows the id that an upload will have
    client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "f.0"})

    # When it comes
    answer = upload(client, b"1 2\n", id="f")

    # Then
    assert answer.status_code == 202


def test_no_id_is_shadowed_by_another_address(client: FlaskClient) -> None:
    """Each word that stands where an id may stand is reached as an id, or refused as one."""
    app = client.application
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if "<id>" not in rule.rule or rule.endpoint.startswith("openapi"):
            continue
        before, _, after = rule.rule.partition("<id>")
        words = {
            other.rule.removeprefix(before).partition("/")[0]
            for other in app.url_map.iter_rules()
            if other.rule.startswith(before)
        }
        for word in words - {"", "<id>", "<name>"}:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                try:
                    found = adapter.match(f"{before}{word}{after}", method)
                except HTTPException:
                    found = (None, {})
                reached = found == (rule.endpoint, {"id": word})
                assert reached or why_not_task_id(word), f"{method} {before}{word}{after} is not {rule.rule}"
