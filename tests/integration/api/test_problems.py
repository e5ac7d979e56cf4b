"""Whatever goes wrong is a problem document, and no traceback reaches anyone."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_examples.arithmetic import add
from longshore_ledger import Ledger
from tests.services.runner import Server
from tests.services.waiting import Eventually


@pytest.mark.parametrize(
    ("request_line", "kind", "body", "status"),
    [
        ("GET /v2/tasks", None, b"", 404),
        ("DELETE /v1/tasks", None, b"", 405),
        ("POST /v1/tasks", "text/plain", b"{}", 415),
        ("POST /v1/tasks", "application/json", b"{", 400),
        ("POST /v1/tasks", "application/json", b"\xff", 400),
        ("POST /v1/tasks", "application/json", b" " * 400_000, 413),
        ("POST /v1/batches", "multipart/form-data; boundary=B", b"--B\r\n\r\n", 400),
    ],
)
def test_a_bad_request_gets_a_problem(
    client: FlaskClient, request_line: str, kind: str | None, body: bytes, status: int
) -> None:
    # When
    method, path = request_line.split()
    answer = client.open(path, method=method, content_type=kind, data=body)

    # Then
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert {"type", "title", "status", "detail"} <= set(answer.json)
    assert answer.json["status"] == status
    assert (status == 405) == ("Allow" in answer.headers)


def test_a_defect_of_ours_shows_nothing_of_its_inside(
    client: FlaskClient, catalogued: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(catalogued.views, "counts", broken)

    # When
    answer = client.get("/v1/stats")

    # Then
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_full_ledger_says_when_to_come_again(own_redis: Server, eventually: Eventually) -> None:
    # Given a ledger whose memory is nearly used up
    settings = Settings(ledger=own_redis.url)
    ledger = Ledger.open(own_redis.url, settings)
    client = create_app(settings, ledger).test_client()
    ledger.catalogue.publish([add.spec])
    used = int(ledger.connection.redis.info("memory")["used_memory"])
    ledger.connection.redis.config_set("maxmemory", used + 100_000)

    # When
    def refused() -> TestResponse | None:
        answer = client.post("/v1/tasks", json={"task": "add", "args": [1, 2]})
        return answer if answer.status_code == 503 else None

    answer = eventually(refused)

    # Then
    assert answer is not None
    assert answer.json is not None
    assert answer.headers["Retry-After"] == "30"
    assert answer.json["type"] == "urn:longshore:ledger-full"
    bulk = client.post(
        "/v1/tasks/bulk", data=b'{"task":"add","args":[1,2]}', content_type="application/x-ndjson"
    )
    assert (bulk.status_code, bulk.json and bulk.json["accepted"]) == (503, 0)
    ledger.close()
