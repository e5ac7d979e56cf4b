"""Submission survives a lost answer, and refuses what is no JSON before it leaves."""

import uuid

import httpx
import pytest

from longshore.client import (
    ApiUnreachable,
    BadArguments,
    Conflict,
    Forbidden,
    Overloaded,
    Problem,
    Rejected,
    Submission,
    Unauthorized,
    UnexpectedAnswer,
)

from .api import Api, accepted, problem

_BUSY = problem(503, "The ledger does not answer", "Try again.", **{"Retry-After": "0"})


def test_every_submission_carries_an_id_made_by_the_client() -> None:
    # Given an API that accepts
    api = Api(accepted())

    # When two tasks are submitted without an id
    with api.client() as client:
        first, second = client.submit("add", 2, 3), client.submit("add", 2, 3)

    # Then each has a UUIDv7 of its own, and that is what was sent
    assert [uuid.UUID(handle.id).version for handle in (first, second)] == [7, 7]
    assert [sent["id"] for sent in api.sent()] == [first.id, second.id]
    assert api.requests[0].headers["Authorization"] == "Bearer a-key"


@pytest.mark.parametrize(
    "lost",
    [httpx.ReadError("reset"), httpx.ConnectError("refused"), httpx.ReadTimeout("late"), _BUSY],
    ids=repr,
)
def test_a_lost_answer_is_asked_again_with_the_same_id(lost: httpx.Response | Exception) -> None:
    # Given an API whose first two answers are lost
    api = Api(lost, lost, httpx.Response(200, json={}))

    # When a task is submitted
    handle = api.client().submit("add", 2, 3, priority=9)

    # Then it was sent three times, the same each time, and the client knows that it was on record
    assert len(api.requests) == 3
    assert {request.content for request in api.requests} == {api.requests[0].content}
    assert api.sent()[0] == {"task": "add", "args": [2, 3], "id": handle.id, "priority": 9}
    assert handle.repeated


def test_patience_ends() -> None:
    # Given an API that never answers
    api = Api(httpx.ConnectError("refused"))

    # When a task is submitted by a client with little patience
    with pytest.raises(ApiUnreachable) as raised:
        api.client(patience=0.2).submit("add", 2, 3)

    # Then it is told what to look at
    assert "longshore up" in str(raised.value)
    assert "LONGSHORE_URL" in str(raised.value)


def test_a_wait_that_the_api_asks_for_beyond_patience_is_not_waited() -> None:
    api = Api(problem(503, "Full", "No room.", **{"Retry-After": "30"}))

    with pytest.raises(Overloaded, match="No room"):
        api.client(patience=5.0).submit("add", 1)

    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (400, Rejected, "b is missing"),
        (422, Rejected, "b is missing"),
        (401, Unauthorized, "LONGSHORE_KEY"),
        (403, Forbidden, "role"),
        (409, Conflict, "b is missing"),
    ],
)
def test_a_refusal_becomes_its_exception_and_is_not_repeated(
    status: int, kind: type[Problem], advice: str
) -> None:
    # Given an API that refuses
    api = Api(problem(status, "No", "b is missing."))

    # When something is submitted
    with pytest.raises(kind) as raised:
        api.client().submit("add", 2)

    # Then the exception says what the API said and what to do, and nothing was tried again
    assert "b is missing" in str(raised.value)
    assert advice in str(raised.value)
    assert raised.value.answer_status == status
    assert len(api.requests) == 1


def test_an_address_of_something_else_is_said_to_be_that() -> None:
    api = Api(httpx.Response(404, text="<html>nginx</html>"), httpx.Response(200, text="<html>hello</html>"))

    with pytest.raises(Exception, match="refused"):
        api.client().task("t1")
    with pytest.raises(UnexpectedAnswer, match="LONGSHORE_URL"):
        api.client().task("t1")


@pytest.mark.parametrize("url", ["127.0.0.1:5000", "ftp://host", "http://", "nonsense"])
def test_a_malformed_address_is_refused_at_once(url: str) -> None:
    from longshore.client import Client

    with pytest.raises(ApiUnreachable):
        Client(url, "")


@pytest.mark.parametrize(
    "bad", [float("nan"), float("inf"), b"bytes", pytest.param(object(), id="an object"), "\ud800"], ids=repr
)
def test_what_is_no_json_never_leaves(bad: object) -> None:
    # Given an API that would take anything
    api = Api(accepted())

    # When an argument is not JSON
    with pytest.raises(BadArguments):
        api.client().submit("add", bad)

    # Then nothing was sent
    assert api.requests == []


def test_numbers_keep_their_digits() -> None:
    api = Api(accepted())

    api.client().submit("add", 2**100, 0.1, named=None)

    assert b"1267650600228229401496703205376,0.1" in api.requests[0].content


def test_bulk_is_sent_a_thousand_at_a_time_and_rejections_keep_their_place() -> None:
    # Given an API that rejects the second line of every request, and loses its second answer
    def answer(request: httpx.Request) -> httpx.Response:
        count = request.content.count(b"\n")
        rejected = [{"line": 2, "reason": "no such task"}]
        return httpx.Response(
            200, json={"accepted": count - 1, "repeated": 0, "rejected": rejected, "rejected_count": 1}
        )

    api = Api(answer, httpx.ReadError("reset"), answer)

    # When 2,500 tasks are submitted
    result = api.client().submit_many(Submission("add", (n, n)) for n in range(2500))

    # Then every one was counted, and a rejection's line is its place among all
    assert result.accepted == 2497
    assert [one.line for one in result.rejected] == [2, 1002, 2002]
    # And the lost request was repeated as it was
    assert [request.content.count(b"\n") for request in api.requests] == [1000, 1000, 1000, 500]
    assert api.requests[1].content == api.requests[2].content


def test_bulk_takes_mappings_and_keeps_their_ids() -> None:
    api = Api(httpx.Response(200, json={"accepted": 1, "repeated": 0, "rejected": [], "rejected_count": 0}))

    api.client().submit_many([{"task": "add", "args": [1, 2], "id": "mine"}])

    assert api.sent() == [{"task": "add", "args": [1, 2], "id": "mine"}]


def test_a_retry_by_hand_is_not_repeated_when_it_may_have_been_done() -> None:
    # Given an API that loses the answer
    api = Api(httpx.ReadError("reset"))

    # When a task is run again by hand
    with pytest.raises(ApiUnreachable):
        api.client().retry("t1")

    # Then it was asked once
    assert len(api.requests) == 1
