"""Bulk submission."""

import json
from collections.abc import Iterable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_ledger import Ledger


def _send(client: FlaskClient, lines: Iterable[object]) -> TestResponse:
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return client.post("/v1/tasks/bulk", data=body.encode(), content_type="application/x-ndjson")


def test_more_tasks_than_one_call_takes_are_all_on_record(client: FlaskClient, catalogued: Ledger) -> None:
    # Given
    lines = [{"task": "add", "args": [n, 1], "id": f"bulk-{n}"} for n in range(1201)]

    # When
    answer = _send(client, lines)

    # Then
    assert answer.status_code == 200
    assert answer.json == {"accepted": 1201, "repeated": 0, "rejected": [], "rejected_count": 0}
    assert catalogued.views.counts()["add"]["PENDING"] == 1201


def test_a_bad_line_is_listed_by_number_and_costs_the_others_nothing(client: FlaskClient) -> None:
    # Given
    lines = [
        {"task": "add", "args": [1, 2], "id": "a"},
        "",
        '{"task": "add",',
        {"task": "nobody", "args": []},
        {"task": "add", "args": [1], "id": "short"},
        {"task": "add", "args": [1, 2], "colour": "red"},
        {"task": "add", "args": [3, 4], "id": "a"},
        {"task": "wordcount", "args": ["x" * 300_000]},
        {"task": "wordcount", "args": ["x" * 400_000]},
        {"task": "add", "args": [5, 6], "id": "b"},
    ]

    # When
    outcome = _send(client, lines).json

    # Then
    assert outcome is not None
    assert (outcome["accepted"], outcome["rejected_count"]) == (2, 7)
    rejected = {one["line"]: one["reason"] for one in outcome["rejected"]}
    assert list(rejected) == [3, 4, 5, 6, 7, 8, 9]
    assert "not JSON" in rejected[3]
    assert "catalogue" in rejected[4]
    assert "expected 2 values" in rejected[5]
    assert rejected[6] == "colour: unknown field"
    assert "another payload" in rejected[7]
    assert "limit is 262144" in rejected[8]
    assert "longer than" in rejected[9]
    assert {one["line"]: one["id"] for one in outcome["rejected"]}[5] == "short"
    assert client.get("/status/all").json == {"a": "PENDING", "b": "PENDING"}


def test_a_bulk_sent_again_is_taken_once(client: FlaskClient) -> None:
    # Given
    lines = [{"task": "add", "args": [n, 1], "id": f"bulk-{n}"} for n in range(10)]
    _send(client, lines)

    # When
    outcome = _send(client, lines).json

    # Then
    assert outcome is not None
    assert (outcome["accepted"], outcome["repeated"]) == (0, 10)


def test_of_endless_rejections_the_first_thousand_are_listed(client: FlaskClient) -> None:
    # When
    outcome = _send(client, ["x"] * 1500).json

    # Then
    assert outcome is not None
    assert (len(outcome["rejected"]), outcome["rejected_count"]) == (1000, 1500)


def test_json_that_is_not_a_line_each_is_refused(client: FlaskClient) -> None:
    # When
    answer = client.post("/v1/tasks/bulk", json=[{"task": "add", "args": [1, 2]}])

    # Then
    assert answer.status_code == 415
    assert answer.json is not None
    assert "application/x-ndjson" in answer.json["detail"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(client: FlaskClient) -> None:
    # When lines come as Windows' editors save them, with an end or without
    line = b'\xef\xbb\xbf{"task": "add", "args": [1, 2]}'
    answers = [
        client.post("/v1/tasks/bulk", data=text, content_type="application/x-ndjson")
        for text in (line, line + b"\n" + line[3:] + b"\n")
    ]

    # Then
    assert [(answer.json["accepted"], answer.json["rejected"]) for answer in answers if answer.json] == [
        (1, []),
        (2, []),
    ]


def test_reasons_are_cut(client: FlaskClient) -> None:
    # Given a line with a field of a hundred thousand letters
    line = b'{"task":"add","args":[1,2],"' + b"x" * 100_000 + b'":1}\n'

    # When
    answer = client.post("/v1/tasks/bulk", data=line * 20, content_type="application/x-ndjson")

    # Then
    assert answer.json is not None
    assert answer.json["rejected_count"] == 20
    assert len(answer.data) < 20_000


def test_a_bulk_submission_is_bounded_as_a_whole(redis_url: str, catalogued: Ledger) -> None:
    # Given
    client = create_app(Settings(ledger=redis_url, bulk_limit=1_000), catalogued).test_client()

    # When
    answer = client.post("/v1/tasks/bulk", data=b"\n" * 1_001, content_type="application/x-ndjson")

    # Then
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["limit"] == 1_000
