"""A copy: one delivery of one run of a task, in this worker's hands until it is acknowledged."""

from typing import TYPE_CHECKING, Any

from longshore.names import is_name, is_task_id
from longshore.values import encode

if TYPE_CHECKING:
    from longshore_worker.inbox import Inbox


class Unreadable(Exception):
    """The message is none of ours."""


class Copy:
    """What the message says, and where it is to be acknowledged."""

    __slots__ = ("body", "chunk", "id", "inbox", "queue", "redelivered", "run", "tag", "task", "timeout")

    def __init__(
        self,
        inbox: "Inbox",
        tag: Any,
        queue: str,
        redelivered: bool,
        headers: dict[str, Any],
        body: bytes | str,
    ) -> None:
        self.inbox = inbox
        self.tag = tag
        self.queue = queue
        self.redelivered = redelivered
        try:
            self.id: str = headers["id"]
            self.run: str = headers["run"]
            self.task: str = headers["task"]
        except (KeyError, TypeError) as error:
            raise Unreadable(f"it has no header {error}") from error
        if not (is_task_id(self.id) and is_name(self.task) and isinstance(self.run, str)):
            raise Unreadable("its headers are not a task's")
        timeout = headers.get("timeout")
        self.timeout: float | None = float(timeout) if timeout else None
        self.chunk = bool(headers.get("chunk"))
        self.body: bytes = body.encode() if isinstance(body, str) else bytes(body)

    def parked(self) -> bytes:
        """The whole copy as JSON, to be kept where an operator finds it."""
        headers = {"task": self.task, "id": self.id, "run": self.run, "timeout": self.timeout}
        return parked(self.queue, headers | ({"chunk": 1} if self.chunk else {}), self.body)


def parked(queue: str, headers: Any, body: bytes | str) -> bytes:
    """A message as JSON, whatever is in it."""
    text = body.decode("utf-8", "backslashreplace") if isinstance(body, bytes) else str(body)
    return encode({"queue": queue, "headers": str(headers), "body": text})
