"""Batches over HTTP: a file goes in, a file comes out."""

import threading

import msgspec
import pytest
from flask.testing import FlaskClient

from longshore_ledger import Ledger
from longshore_ledger.batches import ChunkArgs
from tests.services.waiting import Eventually

from .stand_in import StandInWorker
from .uploading import upload


def test_a_file_goes_in_and_comes_out_in_order(client: FlaskClient, worker: StandInWorker) -> None:
    # Given
    text = "".join(f"{n} {n}\n" for n in range(1, 1201)).encode()

    # When
    uploaded = upload(client, text)
    worker.run("add")

    # Then
    assert uploaded.status_code == 202
    assert uploaded.json is not None
    assert (uploaded.json["state"], uploaded.json["total"]) == ("RUNNING", 1200)
    here = uploaded.headers["Location"]
    batch = client.get(here).json
    assert batch is not None
    assert (batch["state"], batch["done"], batch["failed"]) == ("DONE", 1200, 0)
    output = client.get(f"{here}/output")
    assert output.mimetype == "text/plain"
    assert output.headers["Content-Disposition"] == "attachment; filename=numbers.out.txt"
    assert output.text.splitlines() == [str(2 * n) for n in range(1, 1201)]


def test_what_an_upload_says_wins_over_the_catalogue(client: FlaskClient, catalogued: Ledger) -> None:
    # When
    batch = upload(client, b"1 2\n", id="mine", queue="math", priority="9", timeout="2.5", retries="1").json

    # Then
    assert batch is not None
    assert (batch["id"], batch["queue"], batch["priority"]) == ("mine", "math", 9)
    (claimed,) = catalogued.outbox.claim("math", 10, 10)
    assert (claimed.id, claimed.timeout, claimed.chunk) == ("mine.0", 2.5, True)
    assert msgspec.json.decode(claimed.args, type=ChunkArgs).retries == 1


def test_lines_are_tried_as_often_as_their_task_says_unless_the_upload_does(
    client: FlaskClient, catalogued: Ledger
) -> None:
    # Given a task that is tried again
    spec = msgspec.structs.replace(catalogued.catalogue.read()["add"], name="stubborn", queue="q", retries=3)
    catalogued.catalogue.publish([spec])

    # When
    upload(client, b"1 2\n", task="stubborn", id="a")
    upload(client, b"1 2\n", task="stubborn", id="b", retries="0")

    # Then
    copies = catalogued.outbox.claim("q", 10, 10)
    assert [(copy.id, msgspec.json.decode(copy.args, type=ChunkArgs).retries) for copy in copies] == [
        ("a.0", 3),
        ("b.0", 0),
    ]


def test_failed_lines_are_told_by_number_and_can_be_retried(
    client: FlaskClient, worker: StandInWorker
) -> None:
    # Given
    here = upload(client, b"6 3\n1 0\n\n8 x\n", task="divide", id="f").headers["Location"]
    worker.run("divide")

    # When
    output, errors = client.get(f"{here}/output"), client.get(f"{here}/errors")
    listed = client.get(f"{here}/errors", headers={"Accept": "application/x-ndjson"})

    # Then
    first, second, third, fourth = output.text.splitlines()
    assert (first, third) == ("2.0", "")
    assert second.startswith("error: line 2: ")
    assert fourth.startswith("error: line 4: ")
    assert errors.text.splitlines() == [second, fourth]
    assert listed.mimetype == "application/x-ndjson"
    assert [line[:9] for line in listed.text.splitlines()] == ['{"line":2', '{"line":4']

    # When
    retried = client.post(f"{here}/retry")

    # Then
    assert retried.status_code == 202
    assert retried.json is not None
    assert (retried.json["state"], retried.json["done"], retried.json["failed"]) == ("RUNNING", 2, 0)
    worker.run("divide")
    assert client.get(f"{here}/output").text == output.text


def test_nothing_failed_is_nothing_to_retry(client: FlaskClient, worker: StandInWorker) -> None:
    # Given
    here = upload(client, b"6 3\n").headers["Location"]
    worker.run("add")

    # When
    answer = client.post(f"{here}/retry")

    # Then
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["state"] == "DONE"


def test_the_output_of_a_running_batch_has_to_be_asked_for(client: FlaskClient) -> None:
    # Given
    here = upload(client, b"6 3\n1 2\n").headers["Location"]

    # When
    refused, partial = client.get(f"{here}/output"), client.get(f"{here}/output?partial=1")

    # Then
    assert refused.status_code == 409
    assert refused.json is not None
    assert "0 of 2 lines" in refused.json["detail"]
    assert partial.status_code == 200
    assert partial.text.splitlines() == ["error: line 1: not run yet", "error: line 2: not run yet"]


def test_who_waits_for_the_output_gets_it_as_soon_as_it_is_complete(
    client: FlaskClient, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given
    here = upload(client, b"6 3\n").headers["Location"]
    app = client.application
    outputs: list[str] = []
    waiting = threading.Thread(
        target=lambda: outputs.append(app.test_client().get(f"{here}/output?wait=60").text)
    )
    waiting.start()
    eventually(lambda: app.extensions["longshore"].batches_waited_for._guests)

    # When
    worker.run("add")

    # Then
    waiting.join(10)
    assert outputs == ["9\n"]


def test_a_cancelled_batch_runs_no_more_and_says_what_was_not_run(
    client: FlaskClient, worker: StandInWorker
) -> None:
    # Given
    here = upload(client, b"6 3\n1 2\n").headers["Location"]

    # When
    answer = client.post(f"{here}/cancel")

    # Then
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["state"] == "REVOKED"
    assert worker.run("add") == 0
    assert client.get(f"{here}/output").text.splitlines()[0] == "error: line 1: not run"


def test_the_same_file_under_the_same_id_is_the_same_batch(client: FlaskClient) -> None:
    # Given
    upload(client, b"6 3\n", id="f")

    # When
    again, other = upload(client, b"6 3\n", id="f"), upload(client, b"6 4\n", id="f")

    # Then
    assert again.status_code == 200
    assert again.json is not None
    assert (again.json["id"], again.json["total"]) == ("f", 1)
    assert other.status_code == 409


def test_a_chunk_of_a_batch_is_not_cancelled_alone(client: FlaskClient) -> None:
    # Given
    upload(client, b"6 3\n", id="f")

    # When
    answers = [client.post(f"/v1/tasks/f.0/{action}") for action in ("cancel", "retry")]

    # Then
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json is not None
    assert "/v1/batches/f/cancel" in answers[0].json["detail"]


def test_batches_are_listed_by_page(client: FlaskClient) -> None:
    # Given
    for n in range(3):
        upload(client, b"6 3\n", id=f"f{n}")

    # When
    first = client.get("/v1/batches?limit=2").json
    assert first is not None
    second = client.get(f"/v1/batches?limit=2&cursor={first['next']}").json
    assert second is not None

    # Then
    assert [batch["id"] for batch in first["items"] + second["items"]] == ["f2", "f1", "f0"]


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"task": "nobody"}, 404, None),
        ({"priority": "10"}, 422, "priority"),
        ({"format": "xml"}, 422, "format"),
        ({"colour": "red"}, 422, "colour"),
        ({"id": "a b"}, 422, "id"),
    ],
)
def test_a_wrong_field_is_refused_by_name(
    client: FlaskClient, fields: dict[str, str], status: int, field: str | None
) -> None:
    # When
    answer = upload(client, b"1 2\n", **fields)

    # Then
    assert answer.status_code == status, answer.text
    assert answer.json is not None
    assert answer.json.get("field") == field
    assert client.get("/v1/batches").json == {"items": [], "next": None}


def test_a_field_after_the_file_is_refused_and_nothing_runs(
    client: FlaskClient, worker: StandInWorker
) -> None:
    # Given
    body = (
        b'--B\r\nContent-Disposition: form-data; name="task"\r\n\r\nadd\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        + b"1 2\n"
        * 50_000
        + b"\r\n"
        b'--B\r\nContent-Disposition: form-data; name="priority"\r\n\r\n9\r\n--B--\r\n'
    )

    # When
    answer = client.post("/v1/batches", data=body, content_type="multipart/form-data; boundary=B")

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == "priority"
    assert "after the file" in answer.json["reason"]
    assert worker.run("add") == 0


def test_a_form_without_a_file_is_refused(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/batches", data={"task": "add"}, content_type="multipart/form-data")

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["field"], answer.json["reason"]) == ("file", "missing")


def test_a_body_that_is_no_form_is_refused(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/batches", json={"task": "add"})

    # Then
    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["", "/output", "/errors"])
def test_a_batch_that_was_never_opened_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(f"/v1/batches/nobody{path}").status_code == 404


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_nothing_is_done_to_a_batch_that_was_never_opened(client: FlaskClient, action: str) -> None:
    assert client.post(f"/v1/batches/nobody/{action}").status_code == 404
