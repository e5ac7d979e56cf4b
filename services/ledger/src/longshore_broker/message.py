"""The wire format: what one claimed task looks like on its way to a worker.

A Celery protocol-2 message with lean headers: a worker spends a third of its parent's time decoding them.
"""

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from longshore_ledger.records import Claimed

CONTENT_TYPE: Final = "application/json"
CONTENT_ENCODING: Final = "utf-8"

Headers: TypeAlias = dict[str, str | int | float]


class Message(NamedTuple):
    """A copy of one run of a task, ready to publish."""

    id: str
    run: str
    priority: int
    """0-9, 9 first; publishers translate it for brokers that count the other way."""
    headers: Headers
    body: bytes
    """JSON `[args, kwargs, {}]`."""


def message_of(claimed: "Claimed") -> Message:
    """The message for a claimed task. Its arguments are wrapped as they are, never parsed."""
    headers: Headers = {"lang": "py", "task": claimed.task, "id": claimed.id, "run": claimed.run}
    if claimed.timeout is not None:
        headers["timeout"] = claimed.timeout
    if claimed.chunk:
        headers["chunk"] = 1
    return Message(claimed.id, claimed.run, claimed.priority, headers, _body(claimed.args))


def _body(args: bytes) -> bytes:
    # Arguments are kept exactly as they were sent, so white space may precede the bracket.
    positional = args[:1] == b"[" or (args[:1] != b"{" and args.lstrip()[:1] == b"[")
    return b"[" + args + b",{},{}]" if positional else b"[[]," + args + b",{}]"
