"""Bytes become lines, however they arrive; what is no text is refused by its line."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from longshore.lines import LINE_LIMIT, BadFile, pieces, split

TOO_LONG = f"\0the line is longer than {LINE_LIMIT} bytes"


def _outcome(stream: list[bytes]) -> tuple[list[str], str | None]:
    """The lines, and the refusal that ended them."""
    lines: list[str] = []
    try:
        for line in split(stream):
            lines.append(line)  # noqa: PERF402  # extend would lose what came before the refusal.
    except BadFile as refused:
        return lines, str(refused)
    return lines, None


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"1 2\n3 4\n", ["1 2", "3 4"]),
        (b"1 2\n3 4", ["1 2", "3 4"]),
        (b"1 2\r\n3 4\r\n", ["1 2", "3 4"]),
        (b"1 2\r\n3 4\r", ["1 2", "3 4"]),
        (b"\xef\xbb\xbf1 2\n", ["1 2"]),
        (b"\xef\xbb\xbf\n", [""]),
        (b"1 2\n\n\r\n3 4\n\n", ["1 2", "", "", "3 4", ""]),
        (b"a\x0bb\x0cc\xc2\x85d\xe2\x80\xa8e\n", ["a\x0bb\x0cc\x85d\u2028e"]),
        (b"a\rb\r\r\n", ["a\rb\r"]),
        ("grün 東\n".encode(), ["grün 東"]),
        (b"\n", [""]),
    ],
)
def test_lines_come_without_their_ends(content: bytes, lines: list[str]) -> None:
    assert list(split([content])) == lines


@pytest.mark.parametrize(
    ("content", "before", "refusal"),
    [
        (b"", [], "line 1: the file is empty"),
        (b"\xef\xbb\xbf", [], "line 1: the file is empty"),
        ("1 2\n".encode("utf-16"), [], "line 1: the text is UTF-16; save it as UTF-8"),
        ("1 2\n".encode("utf-16-be"), [], "line 1: a NUL byte"),
        (b"1 2\n3\0 4\n", ["1 2"], "line 2: a NUL byte: this is no text file"),
        (
            b"1 2\n\n\xe9t\xe9\n5 6\n",
            ["1 2", ""],
            "line 3: not UTF-8 at its byte 1 (0xe9); save the file as UTF-8",
        ),
        (b"1 2\nab\xe9", ["1 2"], "line 2: not UTF-8 at its byte 3 (0xe9)"),
        (b"1\n" + b"9" * 400_000 + b"\0", ["1"], "line 2: a NUL byte"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", [], "line 1: not UTF-8 at its byte 1 (0x89)"),
        (gzip.compress(b"1 2\n" * 1000, mtime=0), [], "line 1: this is a gzip archive; unpack it first"),
        (b"PK\x03\x04\x14\0\0\0", [], "line 1: this is a zip archive"),
        (b"BZh91AY&SY", [], "line 1: this is a bzip2 archive"),
        (b"%PDF-1.7\n", [], "line 1: this is a PDF document"),
        ("1 2\n".encode("utf-32"), [], "line 1: the text is UTF-32; save it as UTF-8"),
        (b"\0\0\xfe\xff\0\0\0\x31", [], "line 1: the text is UTF-32; save it as UTF-8"),
        (b"1 2\r3 4\r5 6\r", [], "line 1: lines end in a carriage return alone"),
        (b"1 2\r" * 100_000, [], "line 1: lines end in a carriage return alone"),
    ],
)
def test_what_is_no_text_is_refused_by_its_line(content: bytes, before: list[str], refusal: str) -> None:
    lines, refused = _outcome([content])
    assert lines == before
    assert refused is not None
    assert refused.startswith(refusal)


def test_nothing_at_all_is_an_empty_file() -> None:
    assert _outcome([]) == _outcome([b"", b""]) == ([], "line 1: the file is empty")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_line_that_is_too_long_costs_one_line(end: bytes) -> None:
    # Given lines of just the limit, one byte more, and 10 MB
    for size, kept in ((LINE_LIMIT, True), (LINE_LIMIT + 1, False), (10_000_000, False)):
        content = b"1 2\n" + b"9" * size + end
        # When they are split, then only those over it are replaced by a reason, and what follows is read
        lines = list(split([content + (b"3 4\n5" if end else b"")]))
        assert lines == ["1 2", "9" * size if kept else TOO_LONG, *(["3 4", "5"] if end else [])]


_TEXTS = st.lists(
    st.sampled_from([b"1 2", b"", b"\n", b"\r\n", b"\r", b"\xc3\xa9", b"\xff", b"\0", b"\xef\xbb\xbf"])
)


@given(_TEXTS.map(b"".join), st.lists(st.integers(0, 40)))
@example(b"\xef\xbb\xbf1 2\r\n", [1, 2, 3, 4, 5, 6, 7])
@example(b"\xff\xfe1\0", [1])
def test_any_way_of_cutting_the_stream_gives_the_same_lines(content: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(content)]
    cut = [content[start:end] for start, end in pairwise(edges)]
    assert _outcome(cut) == _outcome([content])


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\0\ufeff", codec="utf-8")), min_size=1))
def test_lines_that_were_joined_are_the_lines_that_come_out(lines: list[str]) -> None:
    assert list(split(["\r\n".join([*lines, ""]).encode()])) == lines


@pytest.mark.parametrize("piece", [1, 3, 65_535, 65_536, 65_537, 1_000_000])
def test_long_lines_do_not_depend_on_the_cut_either(piece: int) -> None:
    # Given lines about the limit, ends of both kinds
    content = (
        b"1\n" + b"8" * LINE_LIMIT + b"\r\n" + b"9" * (LINE_LIMIT + 1) + b"\r\n2\r\n" + b"7" * LINE_LIMIT
    )
    if piece == 1:
        content = content[-LINE_LIMIT - 20 :]

    # When the stream is cut into pieces
    cut = [content[start : start + piece] for start in range(0, len(content), piece)]

    # Then the lines are those of the whole
    assert list(split(cut)) == list(split([content]))


def test_a_file_is_read_in_pieces() -> None:
    content = b"1 2\n" * 50_000
    read = list(pieces(io.BytesIO(content)))
    assert b"".join(read) == content
    assert len(read) > 1
    assert list(pieces(io.BytesIO())) == []


def test_memory_stays_flat_however_long_the_file() -> None:
    # Given a stream of 16 MB, half of it one line
    def stream() -> Iterator[bytes]:
        for _ in range(128):
            yield b"1 2 3 4\n" * 8192
        for _ in range(128):
            yield b"9" * 65_536

    # When it is split
    tracemalloc.start()
    count = sum(1 for _ in split(stream()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    # Then a few pieces are all that was ever held
    assert count == 128 * 8192 + 1
    assert peak < 3_000_000
