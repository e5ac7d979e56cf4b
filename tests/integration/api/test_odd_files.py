"""Every odd file: each gets the right answer, with line numbers."""

import pytest
from flask.testing import FlaskClient

from .stand_in import StandInWorker
from .uploading import upload


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(b"3 4\n5 6\n", ["7", "11"], id="plain"),
        pytest.param(b"3 4\r\n5 6\r\n", ["7", "11"], id="windows line ends"),
        pytest.param(b"\xef\xbb\xbf3 4\n5 6\n", ["7", "11"], id="byte-order mark"),
        pytest.param(b"3 4\n\n   \n5 6\n", ["7", "", "", "11"], id="blank lines stay blank"),
        pytest.param(b"3 4\n5 6", ["7", "11"], id="no newline at the end"),
        pytest.param(b"0.1 0.2\n1e2 1\n", ["0.30000000000000004", "101.0"], id="floats keep their digits"),
        pytest.param(b"1" * 30 + b" 1\n", ["1" * 29 + "2"], id="integers of any size"),
        pytest.param(b'{"a": 3, "b": 4}\n', ["7"], id="JSON objects"),
    ],
)
def test_a_good_file_gives_a_line_for_each_line(
    client: FlaskClient, worker: StandInWorker, text: bytes, expected: list[str]
) -> None:
    # Given
    uploaded = upload(client, text)
    assert uploaded.status_code == 202, uploaded.text

    # When
    worker.run("add")

    # Then
    output = client.get(f"{uploaded.headers['Location']}/output?wait=5")
    assert output.text == "".join(f"{line}\n" for line in expected)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1e400 1", "range"),
        (b"nan 1", "finite"),
        (b"1 2 3", "expected 2 values, got 3"),
        (b"1", "expected 2 values, got 1"),
        (b"x y", "expected a number"),
        (b"1" * 10_000_000, "longer than 262144 bytes"),
    ],
    ids=["1e400", "nan", "three numbers", "one number", "letters", "a line of 10 MB"],
)
def test_a_bad_line_is_reported_by_number_among_good_ones(
    client: FlaskClient, worker: StandInWorker, line: bytes, reason: str
) -> None:
    # Given
    uploaded = upload(client, b"3 4\n" + line + b"\n5 6\n")
    assert uploaded.status_code == 202, uploaded.text

    # When
    worker.run("add")

    # Then
    first, second, third = client.get(f"{uploaded.headers['Location']}/output").text.splitlines()
    assert (first, third) == ("7", "11")
    assert second.startswith("error: line 2: ")
    assert reason in second


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param(b"", 1, "empty", id="empty"),
        pytest.param(b"\x7fELF\x02\x00\x01", 1, "NUL", id="binary"),
        pytest.param("1 2\n".encode("utf-16"), 1, "UTF-16", id="UTF-16"),
        pytest.param("1 2\n".encode("utf-16-le"), 1, "UTF-16", id="UTF-16 without a mark"),
        pytest.param(b"1 2\n\xff\xfe\n", 2, "UTF-8", id="not UTF-8"),
        pytest.param(b"1 2\n" * 100_000 + b"\0", 100_001, "NUL", id="binary after a long text"),
    ],
)
def test_what_is_no_text_file_is_refused_whole_and_nothing_of_it_runs(
    client: FlaskClient, worker: StandInWorker, text: bytes, line: int, reason: str
) -> None:
    # When
    answer = upload(client, text)

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["type"], answer.json["line"]) == ("urn:longshore:bad-file", line)
    assert reason in answer.json["reason"]
    assert worker.run("add") == 0
    page = client.get("/v1/batches").json
    assert page is not None
    assert all(batch["state"] == "REVOKED" for batch in page["items"])


def test_a_csv_file_is_read_by_its_header(client: FlaskClient, worker: StandInWorker) -> None:
    # Given
    uploaded = upload(client, b"b,a\r\n2,8\r\n0,1\r\n4,2\r\n", task="divide", format="csv")

    # When
    worker.run("divide")

    # Then: numbers are those of the file, in which the header is line 1
    first, second, third = client.get(f"{uploaded.headers['Location']}/output").text.splitlines()
    assert (first, third) == ("4.0", "0.5")
    assert second.startswith("error: line 3: ")


@pytest.mark.parametrize("header", [b"a,c", b"a", b"a,a,b"])
def test_a_csv_header_that_does_not_fit_is_refused(client: FlaskClient, header: bytes) -> None:
    # When
    answer = upload(client, header + b"\n1,2\n", format="csv")

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["line"] == 1
    assert client.get("/v1/batches").json == {"items": [], "next": None}


def test_a_small_file_is_spread_over_many_chunks(client: FlaskClient, worker: StandInWorker) -> None:
    # Given a task of which nothing was measured
    upload(client, b"1 2\n" * 100)

    # When
    chunks = worker.run("add")

    # Then
    assert chunks == 20


@pytest.mark.parametrize(
    ("header", "called"),
    [pytest.param(b"a;b", "semicolons", id=";"), pytest.param(b"a\tb", "tabs", id="tab")],
)
def test_a_csv_file_with_other_marks_than_commas_is_told_which(
    client: FlaskClient, header: bytes, called: str
) -> None:
    answer = upload(client, header + b"\n1;2\n", format="csv")

    assert answer.status_code == 422
    assert answer.json is not None
    assert f"separated by {called}; save the file with commas" in answer.json["detail"]


def test_two_files_in_one_form_are_one_too_many(client: FlaskClient, worker: StandInWorker) -> None:
    # Given
    second = b'\r\n--B\r\nContent-Disposition: form-data; name="file"; filename="b.txt"\r\n\r\n3 4\n'

    # When
    answer = upload(client, b"1 2\n" + second)

    # Then
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"].startswith("file: a second file")
    assert worker.run("add") == 0


def test_a_form_without_a_boundary_is_told_of_it(client: FlaskClient) -> None:
    answer = client.post("/v1/batches", data=b"x", content_type="multipart/form-data")

    assert answer.status_code == 400
    assert answer.json is not None
    assert "boundary" in answer.json["detail"]
