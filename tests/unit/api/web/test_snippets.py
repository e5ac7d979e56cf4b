"""A task's submission, to be copied."""

import json
import shlex

import msgspec
import pytest

from longshore.states import State
from longshore_api.web.snippets import as_curl, as_python
from longshore_ledger.shapes import Task


def _task(args: str) -> Task:
    return Task(
        id="x",
        task="greet",
        queue="math",
        priority=7,
        state=State.PENDING,
        args=msgspec.Raw(args.encode()),
        result=None,
        error=None,
        attempt=1,
        deliveries=0,
        crashes=0,
        worker=None,
        batch=None,
        progress=None,
        cancel_requested=None,
        released=None,
        submitted_at="2026-11-21T12:00:00.000Z",
        queued_at=None,
        started_at=None,
        finished_at=None,
        due_at=None,
    )


def test_curl_sends_what_was_sent_whatever_characters_are_in_it() -> None:
    # Given
    args = {"name": "O'Hara $HOME `id` \\ ünï"}

    # When
    words = shlex.split(as_curl(_task(json.dumps(args)), "http://127.0.0.1:5000/"))

    # Then
    assert words[:2] == ["curl", "http://127.0.0.1:5000/v1/tasks"]
    assert json.loads(words[-1]) == {"task": "greet", "args": args, "queue": "math", "priority": 7}


@pytest.mark.parametrize(
    ("args", "call"),
    [
        ('["Ada", 2, null]', "client.submit('greet', 'Ada', 2, None, queue='math', priority=7)"),
        ('{"name": "Ada"}', "client.submit('greet', named={'name': 'Ada'}, queue='math', priority=7)"),
        ("[]", "client.submit('greet', queue='math', priority=7)"),
    ],
)
def test_python_calls_the_client_with_the_same_arguments(args: str, call: str) -> None:
    # When
    code = as_python(_task(args), "http://127.0.0.1:5000/")

    # Then
    compile(code, "snippet", "exec")
    assert call in code
