"""Files: the output is the expected one, line for line, and some run earned each line of it."""

from collections.abc import Iterator

from longshore_loadtest.marks.answers import LINE
from longshore_loadtest.marks.files import PIECE, Digest, digest, failed_of, lines_of, output_of
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.forgotten import file_may_be_forgotten
from longshore_loadtest.verify.seen import FileHistory, Seen


def check(seen: Seen) -> Finding:
    """Every file that was taken has its output."""
    uploaded = [batch for batch in seen.batches.values() if batch.uploads]
    problems = [found for batch in uploaded for found in _of(seen, batch)]
    return Finding("batches", "The output of a file is the expected one.", len(uploaded), problems)


def _of(seen: Seen, batch: FileHistory) -> Iterator[Problem]:
    acknowledged = any(upload.ok for upload in batch.uploads)
    uploads = [where for upload in batch.uploads for where in upload.where]
    if batch.record is None:
        if acknowledged and not file_may_be_forgotten(seen, batch):
            yield problem(batch.id, "acknowledged, and not there at the end", uploads)
        return
    lines, state = [*uploads, batch.record.where], batch.record.line.state
    if state == "DONE":
        for says in _differences(batch):
            yield problem(batch.id, says, lines)
    elif acknowledged and not (state == "REVOKED" and _may_be_cancelled(batch)):
        says = "REVOKED, and nobody cancelled it" if state == "REVOKED" else f"still {state} at the end"
        yield problem(batch.id, says, lines)
    elif state not in ("REVOKED", "DONE"):  # An upload that broke off is revoked once its lease has lapsed.
        yield problem(batch.id, f"still {state} at the end", lines)


def _may_be_cancelled(batch: FileHistory) -> bool:
    return any(not cancel.refused for cancel in batch.cancels)


def _differences(batch: FileHistory) -> Iterator[str]:
    assert batch.record
    record, asked = batch.record.line, batch.uploads[0].invoke.line
    if asked.task != LINE:
        return  # Some other task's: what it returns is not known here.
    counts = (record.total, record.done, record.failed)
    if counts != (asked.lines, asked.lines, failed_of(asked.lines)):
        yield (
            f"{counts[0]} lines, {counts[1]} done, {counts[2]} failed; "
            f"expected {asked.lines}, {asked.lines}, {failed_of(asked.lines)}"
        )
    expected = digest(output_of(asked.seed, asked.lines))
    if (record.lines, record.sha256) != (expected.lines, expected.sha256):
        yield _where_it_differs(expected, Digest(record.lines, record.sha256, record.pieces))
    unearned = [
        number
        for number, line in enumerate(lines_of(asked.seed, asked.lines), 1)
        if len(line.split()) == 2 and not batch.ended.get(number)
    ]
    if unearned:
        yield f"{len(unearned)} lines are done that no run came to the end of, the first is {unearned[0]}"


def _where_it_differs(expected: Digest, found: Digest) -> str:
    length = max(len(expected.pieces), len(found.pieces))
    pairs = zip(_filled(expected.pieces, length), _filled(found.pieces, length), strict=True)
    first = next((at for at, (right, told) in enumerate(pairs) if right != told), None)
    where = "" if first is None else f", first in lines {first * PIECE + 1} to {(first + 1) * PIECE}"
    return f"the output has {found.lines} lines of {expected.lines} and differs from the expected one{where}"


def _filled(pieces: list[str], length: int) -> list[str]:
    return [*pieces, *[""] * (length - len(pieces))]
