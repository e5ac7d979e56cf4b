"""NDJSON into lines."""

from hypothesis import given
from hypothesis import strategies as st

from longshore_api.ndjson import numbered_lines


def _cut(text: bytes, sizes: list[int]) -> list[bytes]:
    pieces, start = [], 0
    for size in sizes:
        pieces.append(text[start : start + size])
        start += size
    return [*pieces, text[start:]]


@given(
    lines=st.lists(st.sampled_from([b"", b"  ", b"{}", b'{"a":1}\r', b"x" * 20, b"x" * 21, b"x" * 99])),
    end=st.sampled_from([b"", b"\n"]),
    sizes=st.lists(st.integers(0, 50)),
)
def test_however_the_body_arrives_the_lines_are_the_same(
    lines: list[bytes], end: bytes, sizes: list[int]
) -> None:
    # Given
    text = b"\n".join(lines) + end

    # When
    found = dict(numbered_lines(_cut(text, sizes), longest=20))

    # Then
    expected = {
        number: None if len(line) > 20 else line
        for number, line in enumerate(lines, 1)
        if line.strip() or len(line) > 20
    }
    assert found == expected


def test_a_line_without_an_end_is_not_kept_in_memory() -> None:
    # Given pieces that count themselves
    seen = 0

    def pieces() -> object:
        nonlocal seen
        for _ in range(1000):
            seen += 1
            yield b"x" * 65_536

    # When
    found = list(numbered_lines(pieces(), longest=1000))  # type: ignore[arg-type]

    # Then
    assert found == [(1, None)]
    assert seen == 1000
