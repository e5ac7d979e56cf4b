"""What is expected of an uploaded file is what Longshore makes of its lines."""

import pytest

from longshore.catalogue import TaskSpec
from longshore.errors import BadLine
from longshore.lines import BLANK, parse, render
from longshore.lines.render import error_line
from longshore.task.signature import read_signature
from longshore_loadtest.marks import tasks
from longshore_loadtest.marks.answers import LINE, answer
from longshore_loadtest.marks.files import PIECE, digest, failed_of, lines_of, output_of

COUNT = 1000


def _spec() -> TaskSpec:
    signature = read_signature(LINE, tasks.line)
    return TaskSpec(
        name=LINE, queue=LINE, summary="", schema=signature.schema, parameters=signature.parameters
    )


def _output(number: int, line: str) -> str:
    try:
        args = parse(line, _spec())
    except BadLine as error:
        return error_line(number, str(error))
    if args is BLANK:
        return ""
    assert isinstance(args, list)
    return render(answer(LINE, args))


def test_the_expected_output_is_what_longshore_makes_of_the_file() -> None:
    expected = list(output_of(3, COUNT))
    assert [_output(number, line) for number, line in enumerate(lines_of(3, COUNT), 1)] == expected
    assert sum(line.startswith("error:") for line in expected) == failed_of(COUNT) > 0
    assert "" in expected


def test_a_seed_makes_one_file() -> None:
    assert list(lines_of(3, 50)) == list(lines_of(3, 50)) != list(lines_of(4, 50))


@pytest.mark.parametrize("count", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_digest_has_a_piece_for_each_hundred_lines(count: int) -> None:
    # When
    whole = digest(output_of(1, count))

    # Then
    assert (whole.lines, len(whole.pieces)) == (count, -(-count // PIECE))


def test_a_digest_tells_where_two_outputs_differ() -> None:
    # Given
    lines = list(output_of(1, 250))

    # When
    other = digest([*lines[:149], "x", *lines[150:]])

    # Then
    right = digest(lines)
    assert other.sha256 != right.sha256
    assert [a == b for a, b in zip(other.pieces, right.pieces, strict=True)] == [True, False, True]
