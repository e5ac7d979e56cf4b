"""The wire format of one claimed task."""

import json
from dataclasses import replace

import pytest

from longshore_broker import message_of
from longshore_ledger.records import Claimed

CLAIMED = Claimed(id="id", run="run", task="add", args=b"[1,2]", priority=7, timeout=None, chunk=False)


def test_headers_are_no_more_than_a_worker_needs() -> None:
    # Given a plain task / When its message is built
    message = message_of(CLAIMED)

    # Then it says what to run, for whom and under which run
    assert message.headers == {"lang": "py", "task": "add", "id": "id", "run": "run"}
    assert (message.id, message.run, message.priority) == ("id", "run", 7)


def test_a_time_limit_and_a_chunk_are_said_when_there_are_some() -> None:
    # Given a chunk with a time limit / When its message is built
    message = message_of(replace(CLAIMED, timeout=0.0, chunk=True))

    # Then both are in the headers
    assert message.headers["timeout"] == 0.0
    assert message.headers["chunk"] == 1


@pytest.mark.parametrize(
    ("args", "body"),
    [
        (b"[1,2]", [[1, 2], {}, {}]),
        (b"[]", [[], {}, {}]),
        (b'{"a": [1]}', [[], {"a": [1]}, {}]),
        (b' \n\t[1, {"b": 2}] ', [[1, {"b": 2}], {}, {}]),
        (b' \r\n{"a": 1}\n', [[], {"a": 1}, {}]),
    ],
)
def test_arguments_are_wrapped_as_they_were_sent(args: bytes, body: object) -> None:
    # Given arguments with white space where JSON allows it / When the message is built
    message = message_of(replace(CLAIMED, args=args))

    # Then the body is Celery's, and holds the very bytes
    assert json.loads(message.body) == body
    assert args in message.body
