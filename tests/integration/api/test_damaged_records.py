"""A record that cannot be read is shown as damaged, and takes nothing along that can."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from longshore.values import decode, refuse_repeated
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX

from .uploading import upload

LATE = 253_402_300_800_000_000
"""The first moment of the year 10000, us."""


def _strict(text: bytes) -> Any:
    """What a strict reader makes of it. Fails where it is no JSON that all of them read alike."""
    refuse_repeated(text)
    return decode(text)


@pytest.mark.parametrize(
    "damage",
    [
        {"u": LATE},
        {"c": LATE},
        {"f": 10**18},
        {"st": "LOST"},
        {"pg": "many/few"},
        {"e": "{"},
        {"v": '{"half'},
        {"v": b'"\xff"'},
        {"a": "NaN"},
        {"v": r'["\ud800"]'},
        {"v": r'{"\udc00": 1}'},
        {"v": '[{"a": 1, "a": 2}]'},
        {"v": "-Infinity"},
        {"a": '[{"a": 1, "a": 2}]'},
        {"q": b"\xff"},
        {"p": "first"},
    ],
    ids=str,
)
def test_a_task_that_cannot_be_read_takes_no_list_along(
    client: FlaskClient, catalogued: Ledger, damage: dict[str, str | bytes | int]
) -> None:
    # Given a good task, and one whose record was damaged
    for id in ("good", "bad"):
        client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": id, "delay": 60})
    catalogued.connection.redis.hset(f"{PREFIX}:t:bad", mapping=damage)

    # When it is listed, read, waited for, explained, told of, shown
    listed = _strict(client.get("/v1/tasks").data)
    others = [
        client.get(path)
        for path in (
            *("/v1/tasks/bad", "/v1/tasks/bad/result", "/v1/tasks/bad/explain", "/v1/tasks/bad/timeline"),
            *("/status/all", "/v1/queues", "/v1/stats", "/v1/stats/snapshot"),
            *("/", "/tasks", "/tasks/bad", "/queues", "/tasks?id=bad"),
        )
    ]

    # Then it is there, by its id, and so is the other
    tasks = {task["id"]: task for task in listed["items"]}
    assert tasks["bad"]["damaged"]
    assert tasks["good"]["damaged"] is None
    for answer in others:
        if answer.mimetype == "application/json":
            _strict(answer.data)
    assert {answer.request.path: answer.status_code for answer in others if answer.status_code >= 400} == {}


@pytest.mark.parametrize("gone", ["st", "c", "n", "p", ""])
def test_half_a_record_and_a_key_of_another_type_take_no_list_along(
    client: FlaskClient, catalogued: Ledger, gone: str
) -> None:
    # Given
    server, key = catalogued.connection.redis, f"{PREFIX}:t:bad"
    for id in ("good", "bad"):
        client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": id})
    if gone:
        server.hdel(key, gone)
    else:
        server.delete(key)
        server.rpush(key, "no record")

    # When
    listed = _strict(client.get("/v1/tasks").data)
    again = client.post("/v1/tasks", json={"task": "add", "args": [3, 4], "id": "bad"})
    others = [
        client.get(path)
        for path in (
            *("/v1/tasks/bad", "/v1/tasks/bad/result", "/v1/tasks/bad/explain", "/v1/tasks/bad/timeline"),
            *("/status/all", "/v1/stats", "/v1/queues", "/", "/tasks", "/tasks/bad", "/tasks?id=bad"),
        )
    ]
    cancelled = client.post("/v1/tasks/bad/cancel")

    # Then it is said to be damaged, until somebody cancels it
    tasks = {task["id"]: task for task in listed["items"]}
    assert tasks["bad"]["damaged"]
    assert tasks["good"]["damaged"] is None
    assert again.status_code == 409
    assert {answer.request.path: answer.status_code for answer in others if answer.status_code >= 400} == {}
    assert (cancelled.status_code, cancelled.json and cancelled.json["state"]) == (200, "REVOKED")


@pytest.mark.parametrize("damage", [{"c": LATE}, {"total": "x"}, {"st": "LOST"}, {"nm": b"\xff"}], ids=str)
def test_a_batch_that_cannot_be_read_takes_no_list_along(
    client: FlaskClient, catalogued: Ledger, damage: dict[str, str | bytes | int]
) -> None:
    # Given
    for id in ("good", "bad"):
        upload(client, b"1 2\n", id=id)
    catalogued.connection.redis.hset(f"{PREFIX}:b:bad", mapping=damage)

    # When
    listed = client.get("/v1/batches").json
    others = [client.get(path) for path in ("/v1/batches/bad", "/batches", "/batches/bad", "/upload")]

    # Then
    assert listed is not None
    damaged = {batch["id"]: batch["damaged"] is not None for batch in listed["items"]}
    assert damaged == {"good": False, "bad": True}
    assert {answer.request.path: answer.status_code for answer in others if answer.status_code >= 400} == {}


def test_notes_that_cannot_be_read_take_no_page_along(client: FlaskClient, catalogued: Ledger) -> None:
    # Given
    redis = catalogued.connection.redis
    client.post("/v1/tasks", json={"task": "add", "args": [1, 2]})
    redis.hset(f"{PREFIX}:paused", "add", "{")
    redis.hset(f"{PREFIX}:broker", "add", "[]")
    redis.zadd(f"{PREFIX}:workers", {"weird": LATE * 10, "plain": 1})
    redis.hset(f"{PREFIX}:worker", mapping={"weird": "{", "plain": '{"queues": 7}'})
    redis.hset(f"{PREFIX}:totals", mapping={"odd": "1", "submitted|q|t": "x"})
    redis.hset(f"{PREFIX}:histograms", mapping={"odd": "1", "run|q|x": "1"})
    redis.sadd(f"{PREFIX}:pairs", "odd")
    redis.xadd(f"{PREFIX}:events", {"odd": "event"})

    # When
    answers = [
        client.get(path)
        for path in ("/", "/v1/queues", "/v1/workers", "/v1/stats", "/v1/stats/snapshot", "/v1/tasks")
    ]
    events = catalogued.events.read("0")

    # Then
    assert [answer.status_code for answer in answers] == [200] * 6
    queues, workers = answers[1].json, answers[2].json
    assert queues is not None
    assert workers is not None
    assert [queue["paused"] for queue in queues["items"] if queue["name"] == "add"] == [True]
    assert {worker["id"] for worker in workers["items"]} == {"weird", "plain"}
    assert events[-1].task_id == ""


@pytest.mark.parametrize("late", ["9999-12-31T23:59:59-23:59", "2099-01-01T00:00:00Z"])
def test_a_time_beyond_ten_years_is_refused_and_not_recorded(client: FlaskClient, late: str) -> None:
    # When
    answer = client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "late", "run_at": late})

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"].startswith("run_at: more than ")
    assert client.get("/v1/tasks/late").status_code == 404


@pytest.mark.parametrize("early", ["0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z"])
def test_a_time_long_ago_is_now(client: FlaskClient, early: str) -> None:
    answer = client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "early", "run_at": early})

    assert answer.status_code == 202
    assert client.get("/v1/tasks").status_code == 200


def test_a_list_leaves_out_what_is_large_and_says_so(client: FlaskClient, catalogued: Ledger) -> None:
    # Given a task with a large result, one with large arguments, one with neither
    redis, large = catalogued.connection.redis, '"' + "x" * 100_000 + '"'
    for id in ("result", "args", "small"):
        client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": id})
    redis.hset(f"{PREFIX}:t:result", "v", large)
    redis.hset(f"{PREFIX}:t:args", "a", f"[{large}]")
    redis.hset(f"{PREFIX}:t:small", "v", "3")

    # When
    answer = client.get("/v1/tasks")

    # Then
    assert len(answer.data) < 10_000
    assert answer.json is not None
    tasks = {task["id"]: task for task in answer.json["items"]}
    assert (tasks["result"]["result"], tasks["result"]["truncated"]) == (None, ["result"])
    assert (tasks["args"]["args"], tasks["args"]["truncated"]) == (None, ["args"])
    assert (tasks["small"]["args"], tasks["small"]["result"], tasks["small"]["truncated"]) == ([1, 2], 3, [])
    whole = client.get("/v1/tasks/result").json
    assert whole is not None
    assert (len(whole["result"]), whole["truncated"]) == (100_000, [])
