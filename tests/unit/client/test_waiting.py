"""Waiting ends with the task, with the time, or with the task's own failure."""

import httpx
import pytest

from longshore.client import StillRunning, TaskFailed, TaskRevoked

from .api import Api, problem, task


def _shows(state: str, **fields: object) -> httpx.Response:
    return httpx.Response(200, json=task(state, **fields))


def test_result_is_what_the_function_returned() -> None:
    # Given a task that ends at the third look
    api = Api(_shows("PENDING"), _shows("STARTED"), _shows("SUCCESS", result=5))

    # When its result is asked for, then it comes
    assert api.client().result("t1") == 5
    assert len(api.requests) == 3


def test_a_failed_task_raises_its_own_error() -> None:
    error = {"type": "ZeroDivisionError", "message": "division by zero", "traceback": "Traceback ..."}
    api = Api(_shows("FAILURE", error=error, attempt=3))

    with pytest.raises(TaskFailed, match="attempt 3: ZeroDivisionError: division by zero") as raised:
        api.client().result("t1")

    assert raised.value.fields["traceback"] == "Traceback ..."


def test_a_cancelled_task_raises_that() -> None:
    with pytest.raises(TaskRevoked, match="cancelled"):
        Api(_shows("REVOKED")).client().result("t1")


def test_a_wait_that_is_over_says_where_the_task_is() -> None:
    api = Api(_shows("QUEUED"))

    with pytest.raises(StillRunning, match="QUEUED after 0 s") as raised:
        api.client().wait("t1", timeout=0)

    assert isinstance(raised.value, TimeoutError)


def test_a_watcher_sees_every_look() -> None:
    api = Api(_shows("STARTED", progress={"done": 1, "total": 2}), _shows("SUCCESS"))
    seen: list[str] = []

    api.client().wait("t1", watch=lambda now: seen.append(now.state))

    assert seen == ["STARTED", "SUCCESS"]


def test_an_unknown_task_is_not_waited_for() -> None:
    from longshore.client import NotFound

    with pytest.raises(NotFound, match="no task"):
        Api(problem(404, "Not found", "There is no task x.")).client().wait("x")


def test_listing_reads_every_page() -> None:
    pages = [{"items": [task(id=n)], "next": after} for n, after in [("a", "1"), ("b", "2"), ("c", None)]]
    api = Api(*(httpx.Response(200, json=page) for page in pages))

    found = [one.id for one in api.client().tasks(state="PENDING", page=1)]

    assert found == ["a", "b", "c"]
    assert [dict(request.url.params) for request in api.requests] == [
        {"state": "PENDING", "limit": "1"},
        {"state": "PENDING", "limit": "1", "cursor": "1"},
        {"state": "PENDING", "limit": "1", "cursor": "2"},
    ]
