"""A multipart form, read as it comes."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from longshore_api.errors import InvalidRequest, MalformedBody
from longshore_api.upload.form import BrokenOff, UploadForm


def _part(name: str, value: bytes, filename: str | None = None) -> bytes:
    extra = f'; filename="{filename}"' if filename is not None else ""
    return b'--B\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
        name.encode(),
        extra.encode(),
        value,
    )


def _pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@given(
    text=st.lists(st.sampled_from([b"1 2\n", b"\r\n", b"\r", b"--B", b"--", b"-", b"\n--", b"x" * 500])).map(
        b"".join
    ),
    size=st.integers(1, 600),
)
@example(text=b"1 2\n", size=1)
@settings(max_examples=300)
def test_however_the_form_arrives_the_file_is_the_same(text: bytes, size: int) -> None:
    # Given a file that may look like a delimiter, but holds none
    assume(not any(end + b"--B" in b"\n" + text for end in (b"\n", b"\r")))
    body = _part("task", b"add") + _part("file", text, "f.txt") + b"--B--\r\n"
    form = UploadForm(_pieces(body, size), b"B")

    # When
    fields = form.fields()
    file = b"".join(form.file())

    # Then
    assert fields == {"task": "add"}
    assert form.filename == "f.txt"
    assert file == text


@pytest.mark.parametrize("cut", [10, 60, 90, 150, 170])
def test_a_form_that_ends_early_is_broken_off(cut: int) -> None:
    # Given
    body = _part("task", b"add") + _part("file", b"1 2\n" * 10, "f.txt") + b"--B--\r\n"
    form = UploadForm(_pieces(body[:cut], 7), b"B")

    # When / Then
    def read() -> None:
        form.fields()
        list(form.file())

    with pytest.raises(BrokenOff):
        read()


def test_a_file_may_come_without_a_name() -> None:
    # Given what `curl -F 'file=<numbers.txt'` sends
    form = UploadForm(iter([_part("file", b"1 2") + b"--B--\r\n"]), b"B")

    # When / Then
    assert form.fields() == {}
    assert (form.filename, list(form.file())) == ("", [b"1 2"])


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (_part("task", b"a") + _part("task", b"b") + b"--B--", "task", "given twice"),
        (_part("task", b"a") + b"--B--\r\n", "file", "missing"),
        (_part("data", b"a", "f.txt") + b"--B--\r\n", "data", "the file's field is `file`"),
        (_part("task", b"x" * 10_000) + b"--B--\r\n", "task", "longer than 8192 bytes"),
        (_part("task", b"\xff") + b"--B--\r\n", "task", "not UTF-8"),
    ],
)
def test_a_wrong_field_is_named(body: bytes, field: str, reason: str) -> None:
    # When
    with pytest.raises(InvalidRequest) as caught:
        UploadForm(_pieces(body, 4096), b"B").fields()

    # Then
    assert caught.value.fields["field"] == field
    assert reason in caught.value.fields["reason"]


@pytest.mark.parametrize(
    "body",
    [
        b"--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n",
        b"--B\r\n" + b"X: y\r\n" * 100_000,
        b"".join(_part(f"f{n}", b"") for n in range(30)),
    ],
    ids=["no name", "endless headers", "too many parts"],
)
def test_what_is_no_form_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        UploadForm(_pieces(body, 4096), b"B").fields()
