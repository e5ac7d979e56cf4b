"""A task's submission as curl and as Python, to be copied."""

import pprint
import shlex
from typing import Any

import msgspec

from longshore.values import decode
from longshore_ledger.shapes import Task


def as_curl(task: Task, address: str) -> str:
    """A command that submits the same again. `address` is the API's, with a slash at the end."""
    body = {"task": task.task, "args": task.args, "queue": task.queue, "priority": task.priority}
    sent = shlex.quote(msgspec.json.encode(body).decode())
    return f"curl {address}v1/tasks \\\n  -H 'Content-Type: application/json' \\\n  -d {sent}"


def as_python(task: Task, address: str) -> str:
    """The same, by the client."""
    imports = "from longshore import Client\n"
    raw = bytes(task.args)
    try:
        args = decode(raw)
        given = [_literal(value) for value in args] if isinstance(args, list) else [f"named={_literal(args)}"]
    except RecursionError:  # JSON's readers take deeper nesting than Python's printer does.
        imports = "import json\n\n" + imports
        given = [f"{'*' if raw.startswith(b'[') else 'named='}json.loads({raw.decode()!r})"]
    given += [f"queue={task.queue!r}", f"priority={task.priority}"]
    call = ", ".join([repr(task.task), *given])
    return (
        f"{imports}\n"
        f"with Client({address.rstrip('/')!r}) as client:\n"
        f"    handle = client.submit({call})\n"
        "    print(handle.result(timeout=60))"
    )


def _literal(value: Any) -> str:
    return pprint.pformat(value, width=80, compact=True)
