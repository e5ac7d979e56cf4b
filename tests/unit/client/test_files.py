"""An upload that breaks runs no line twice; output that breaks off is taken up where it broke."""

import io
import os
from pathlib import Path

import httpx
import pytest

from longshore.client import (
    Conflict,
    FileChanged,
    NotFound,
    OutputBroken,
    Rejected,
    StillRunning,
    UploadBroken,
    UploadUnknown,
)

from .api import Api, batch, breaks_off, problem

_RESET = httpx.ReadError("connection reset")
_MISSING = problem(404, "Not found", "There is no such batch.")


def _batch(state: str, code: int = 200) -> httpx.Response:
    return httpx.Response(code, json=batch(state))


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


def test_an_upload_that_broke_in_the_middle_is_sent_again_under_its_id(numbers: Path) -> None:
    # Given an API that has half of the file when the connection breaks, and gives it up
    api = Api(_RESET, _batch("OPEN"), _batch("REVOKED"), _batch("RUNNING", 202))

    # When a file is uploaded
    api.client().upload(numbers, "add")

    # Then all of it is sent once more, and nothing is cancelled
    posts = [request for request in api.requests if request.method == "POST"]
    assert [request.url.path for request in posts] == ["/v1/batches"] * 2
    assert _id_of(posts[0]) == _id_of(posts[1])


def test_a_batch_that_somebody_cancelled_is_not_sent_again(numbers: Path) -> None:
    cancelled = batch("REVOKED", revoked="cancelled by ada")
    api = Api(_RESET, httpx.Response(200, json=cancelled))

    assert api.client().upload(numbers, "add").id == "b1"
    assert len(api.requests) == 2


def test_nobody_is_told_that_nothing_runs_while_nobody_knows(numbers: Path) -> None:
    # When the API answers no more
    with pytest.raises(UploadUnknown, match="may run"):
        Api(_RESET).client(patience=0.1).upload(numbers, "add")


class _Pipe(io.BytesIO):
    """Gives its text in pieces of two bytes."""

    def seekable(self) -> bool:
        return False

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(2)


def test_a_pipe_is_sent_as_it_comes_without_a_length() -> None:
    api = Api(_batch("RUNNING", 202))

    api.client().upload(_Pipe(b"1 2\n3 4\n"), "add")

    (sent,) = api.requests
    assert b"1 2\n3 4\n" in sent.content
    assert sent.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in sent.headers


def test_a_real_pipe_is_sent_whole() -> None:
    # Given a pipe, whose file descriptor says that it has no byte
    reading, writing = os.pipe()
    os.write(writing, b"1 2\n" * 1000)
    os.close(writing)
    api = Api(_batch("RUNNING", 202))

    # When
    with os.fdopen(reading, "rb") as pipe:
        api.client().upload(pipe, "add")

    # Then
    assert b"1 2\n" * 1000 in api.requests[0].content
    assert b'filename="upload.txt"' in api.requests[0].content


def test_a_pipe_that_was_read_from_is_not_sent_twice() -> None:
    with pytest.raises(UploadBroken):
        Api(_RESET, _batch("REVOKED")).client().upload(_Pipe(b"1 2\n"), "add")
    with pytest.raises(UploadUnknown):
        Api(_RESET, _batch("OPEN")).client().upload(_Pipe(b"1 2\n"), "add")


def test_a_file_is_sent_from_where_it_stands() -> None:
    api = Api(_batch("RUNNING", 202))
    file = io.BytesIO(b"a heading\n1 2\n")
    file.readline()

    api.client().upload(file, "add")

    assert b"a heading" not in api.requests[0].content
    assert b"1 2\n" in api.requests[0].content


def test_a_file_that_shrinks_while_it_is_sent_is_named(numbers: Path) -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return b""

    with pytest.raises(FileChanged, match="8 bytes"):
        Api(_batch("RUNNING", 202)).client().upload(Shrinking(b"1 2\n3 4\n"), "add")


def test_a_file_open_for_text_is_no_upload(numbers: Path) -> None:
    with numbers.open() as text, pytest.raises(TypeError, match="rb"):
        Api(_batch("RUNNING", 202)).client().upload(text, "add")  # type: ignore[arg-type]


def test_a_name_that_no_header_can_hold_is_sent_without_what_it_cannot() -> None:
    api = Api(_batch("RUNNING", 202))
    file = io.BytesIO(b"1 2\n")
    file.name = "\udcff数\r\n据.txt"

    api.client().upload(file, "add")

    assert 'filename="数据.txt"'.encode() in api.requests[0].content


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


_VERSION = {"ETag": '"1-1"'}


def test_output_that_breaks_off_is_taken_up_where_it_broke() -> None:
    # Given an output whose connection breaks in the middle of a line, twice
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=breaks_off([b"3\n7", b"\n1"]), headers=_VERSION)

    def whole(request: httpx.Request) -> httpx.Response:
        pieces = [b"3\n7\n11\n", b"\nerror: line 5: x\n"]
        return httpx.Response(200, content=iter(pieces), headers=_VERSION)

    api = Api(_batch("DONE", 202), _batch("DONE"), broken, broken, whole)

    # When the output is read
    lines = list(api.client().upload(io.BytesIO(b"1 2\n"), "add").output())

    # Then every line is there once
    assert lines == ["3", "7", "11", "", "error: line 5: x"]
    assert [request.headers.get("If-Match") for request in api.requests[2:]] == [None, '"1-1"', '"1-1"']


def test_output_that_has_changed_is_not_taken_up() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=breaks_off([b"3\n7"]), headers=_VERSION)

    api = Api(_batch("DONE", 202), _batch("DONE"), broken, problem(412, "Changed", "It was retried."))

    with pytest.raises(Conflict, match="retried"):
        list(api.client().upload(io.BytesIO(b"1 2\n"), "add").output())


def test_output_that_may_change_is_not_taken_up() -> None:
    # Given a batch that runs, whose answers have no ETag
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=breaks_off([b"3\nerror: line 2"]))

    api = Api(_batch("RUNNING", 202), broken)

    with pytest.raises(OutputBroken):
        list(api.client().upload(io.BytesIO(b"1 2\n"), "add").output(partial=True))


def test_only_a_line_feed_ends_a_line() -> None:
    text = httpx.Response(200, content="a\u2028b\x0cc\r\nd".encode())
    api = Api(_batch("DONE", 202), _batch("DONE"), text)

    lines = list(api.client().upload(io.BytesIO(b"x\n"), "echo").output())

    assert lines == ["a\u2028b\x0cc\r", "d"]


def test_a_saved_output_is_complete_or_not_there(tmp_path: Path) -> None:
    # Given an output that ends too soon, and then is gone
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=breaks_off([b"3\n"]), headers=_VERSION)

    api = Api(_batch("DONE", 202), _batch("DONE"), broken, _MISSING)

    # When it is saved
    with pytest.raises(NotFound):
        api.client().upload(io.BytesIO(b"1 2\n"), "add").save(tmp_path / "out.txt")

    # Then nothing is left behind
    assert list(tmp_path.iterdir()) == []
