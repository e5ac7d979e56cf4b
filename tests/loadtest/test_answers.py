"""What an answer says about what was asked: it was done, it was certainly not, or nobody knows."""

import errno
import json
import socket

import pytest

from longshore_loadtest.users.answer import Answer, Known


def _problem(name: str) -> bytes:
    return json.dumps({"type": f"urn:longshore:{name}", "title": "No."}).encode()


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (Answer(202), "ok"),
        (Answer(200), "ok"),
        (Answer(409, _problem("id-taken")), "fail"),
        (Answer(422, _problem("invalid-arguments")), "fail"),
        (Answer(503, _problem("ledger-full")), "fail"),
        (Answer(503, _problem("ledger-unavailable")), "info"),
        (Answer(503, _problem("not-replicated")), "info"),
        (Answer(503, b"upstream went away"), "info"),
        (Answer(500, _problem("internal")), "info"),
        (Answer(504), "info"),
        (Answer(0, error=ConnectionRefusedError(errno.ECONNREFUSED, "refused")), "fail"),
        (Answer(0, error=OSError(errno.EHOSTUNREACH, "no route")), "fail"),
        (Answer(0, error=socket.gaierror(-2, "unknown name")), "fail"),
        (Answer(0, error=ConnectionResetError(errno.ECONNRESET, "reset")), "info"),
        (Answer(0, error=TimeoutError("timed out")), "info"),
    ],
    ids=lambda value: repr(value)[:70],
)
def test_only_what_is_certain_is_called_so(answer: Answer, known: Known) -> None:
    assert answer.known == known


def test_a_refusal_is_called_by_its_problem_and_no_answer_by_its_error() -> None:
    assert Answer(409, _problem("id-taken")).why == "urn:longshore:id-taken"
    assert Answer(502, b"<html>").why == "status 502"
    assert Answer(0, error=TimeoutError("timed out")).why == "TimeoutError: timed out"
