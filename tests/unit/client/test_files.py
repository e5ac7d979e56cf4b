"""An upload that breaks runs no line twice; output that breaks off is taken up where it broke."""

import io
from pathlib import Path

import httpx
import pytest

from longshore.client import ApiUnreachable, NotFound, Rejected, StillRunning, UploadBroken

from .api import Api, breaks_off, problem

_RESET = httpx.ReadError("connection reset")
_MISSING = problem(404, "Not found", "There is no such batch.")


def _batch(state: str, code: int = 200) -> httpx.Response:
    return httpx.Response(code, json={"id": "b1", "task": "add", "state": state, "total": 2})


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.txt"
    path.write_text("1 2\n3 4\n")
    return path


def _id_of(request: httpx.Request) -> bytes:
    return request.content.split(b'name="id"')[1].split(b"\r\n")[2]


def test_an_upload_sends_the_file_the_task_and_an_id(numbers: Path) -> None:
    api = Api(_batch("RUNNING", 202))

    handle = api.client().upload(numbers, "add", priority=9)

    sent = api.requests[0].content
    assert handle.id == "b1"
    assert b"1 2\n3 4\n" in sent
    assert b'filename="numbers.txt"' in sent
    assert sent.index(b'name="task"') < sent.index(b"1 2\n"), "the API must know the task before the lines"
    assert b'name="retries"' not in sent


def test_an_upload_whose_answer_alone_was_lost_is_not_sent_again(numbers: Path) -> None:
    # Given an API that has the whole file when the connection breaks
    api = Api(_RESET, _batch("RUNNING"))

    # When a file is uploaded
    handle = api.client().upload(numbers, "add")

    # Then it was sent once and asked about once
    assert handle.id == "b1"
    assert [request.method for request in api.requests] == ["POST", "GET"]


def test_an_upload_that_never_arrived_is_sent_again_under_its_id(numbers: Path) -> None:
    api = Api(_RESET, _MISSING, _batch("RUNNING", 202))

    api.client().upload(numbers, "add")

    first, _, last = api.requests
    assert _id_of(first) == _id_of(last)
    assert b"1 2\n3 4\n" in last.content


def test_an_upload_that_broke_in_the_middle_is_cancelled_and_sent_under_another_id(numbers: Path) -> None:
    # Given an API that has half of the file when the connection breaks
    cancelled = _batch("REVOKED")
    api = Api(_RESET, *[_batch("OPEN")] * 7, cancelled, _batch("RUNNING", 202))

    # When a file is uploaded
    with api.client() as client:
        client.upload(numbers, "add")

    # Then the half is cancelled, and all of it sent once more under an id of its own
    posts = [request for request in api.requests if request.method == "POST"]
    paths = [request.url.path.rpartition("/")[2] for request in posts]
    assert paths[0] == "batches"
    assert "cancel" in paths
    whole = [request for request in posts if request.url.path == "/v1/batches"]
    assert len(whole) == 2
    assert _id_of(whole[0]) != _id_of(whole[1])


def test_an_id_of_the_callers_own_is_never_replaced(numbers: Path) -> None:
    api = Api(_RESET, _batch("REVOKED"))

    with pytest.raises(UploadBroken, match="upload it again"):
        api.client().upload(numbers, "add", id="mine")


def test_a_stream_that_cannot_be_rewound_is_not_sent_twice() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ApiUnreachable):
        Api(_RESET, _MISSING).client().upload(Pipe(b"1 2\n"), "add")


def test_a_file_that_is_no_text_is_refused(numbers: Path) -> None:
    api = Api(problem(422, "Not text", "Line 1 holds a NUL byte."))

    with pytest.raises(Rejected, match="NUL byte"):
        api.client().upload(numbers, "add")


def test_waiting_for_a_batch_shows_its_progress() -> None:
    api = Api(_batch("RUNNING", 202), _batch("RUNNING"), _batch("DONE"))
    seen: list[str] = []

    handle = api.client().upload(io.BytesIO(b"1 2\n"), "add")
    handle.wait(watch=lambda batch: seen.append(batch.state))

    assert seen == ["RUNNING", "DONE"]


def test_waiting_for_a_batch_ends_with_the_time() -> None:
    api = Api(_batch("RUNNING", 202))

    with pytest.raises(StillRunning, match="Batch b1 is RUNNING"):
        api.client().upload(io.BytesIO(b"1 2\n"), "add").wait(timeout=0)


def test_output_that_breaks_off_is_taken_up_where_it_broke() -> None:
    # Given an output whose connection breaks in the middle of a line, twice
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=breaks_off([b"3\n7", b"\n1"]))

    def whole(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([b"3\n7\n11\n", b"\nerror: line 5: x\n"]))

    api = Api(_batch("DONE", 202), _batch("DONE"), broken, broken, whole)

    # When the output is read
    lines = list(api.client().upload(io.BytesIO(b"1 2\n"), "add").output())

    # Then every line is there once
    assert lines == ["3", "7", "11", "", "error: line 5: x"]


def test_only_a_line_feed_ends_a_line() -> None:
    text = httpx.Response(200, content="a\u2028b\x0cc\r\nd".encode())
    api = Api(_batch("DONE", 202), _batch("DONE"), text)

    lines = list(api.client().upload(io.BytesIO(b"x\n"), "echo").output())

    assert lines == ["a\u2028b\x0cc\r", "d"]


def test_a_saved_output_is_complete_or_not_there(tmp_path: Path) -> None:
    # Given an output that ends too soon, and then is gone
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=breaks_off([b"3\n"]))

    api = Api(_batch("DONE", 202), _batch("DONE"), broken, _MISSING)

    # When it is saved
    with pytest.raises(NotFound):
        api.client().upload(io.BytesIO(b"1 2\n"), "add").save(tmp_path / "out.txt")

    # Then nothing is left behind
    assert list(tmp_path.iterdir()) == []
