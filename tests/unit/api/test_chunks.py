"""Lines into chunks."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore_api.upload.chunks import MOST_BYTES, MOST_LINES, chunk_lines, chunks


@pytest.mark.parametrize(
    ("so_far", "line_seconds", "lines"),
    [
        (0, None, 5),
        (900, None, 5),
        (10_000, None, 50),
        (1_000_000, None, 500),
        (0, 0.1, 10),
        (0, 0.002, 500),
        (0, 0.0000001, 500),
        (0, 0.0, 500),
        (0, 30.0, 1),
    ],
)
def test_a_chunk_is_about_a_second_of_measured_time(
    so_far: int, line_seconds: float | None, lines: int
) -> None:
    assert chunk_lines(so_far, line_seconds) == lines


def _unmeasured() -> None:
    return None


def _fast() -> float:
    return 0.0001


@given(
    lines=st.lists(st.sampled_from(["", "1 2", "ä" * 1000, "x" * 200_000, "y" * MOST_BYTES]), max_size=40),
    line_seconds=st.sampled_from([_unmeasured, _fast]),
    first=st.integers(1, 2),
)
def test_chunks_hold_every_line_once_in_order_within_both_limits(
    lines: list[str], line_seconds: Callable[[], float | None], first: int
) -> None:
    # When
    cut = list(chunks(iter(lines), first, line_seconds))

    # Then
    assert [line for chunk in cut for line in chunk.lines] == lines
    number = first
    for chunk in cut:
        assert chunk.first == number
        assert 1 <= len(chunk.lines) <= MOST_LINES
        assert len(chunk.lines) == 1 or sum(len(line.encode()) for line in chunk.lines) <= MOST_BYTES
        number += len(chunk.lines)


def test_a_million_lines_of_an_unmeasured_task_make_a_few_thousand_chunks() -> None:
    # When
    count = sum(1 for _ in chunks(("1 2" for _ in range(1_000_000)), 1, _unmeasured))

    # Then
    assert 2_000 <= count < 4_000
