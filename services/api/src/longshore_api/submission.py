"""A submission: from the JSON of a request to a task for the ledger."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct, field

from longshore.catalogue import LONGEST, MOST_RETRIES, TaskSpec, check_args
from longshore.errors import InvalidArguments
from longshore.ids import new_id
from longshore.names import NAME, TASK_ID, is_kept_queue, why_not_name, why_not_task_id
from longshore.values import NotJSON, decode, refuse_repeated
from longshore_api.errors import ArgumentsTooLarge, InvalidRequest, MalformedBody, UnknownTask
from longshore_ledger.records import NewTask, payload_digest

T = TypeVar("T")

_END: Final = r"$(?!\n)"
"""The very end: Python's `$` would let a line feed follow."""

Name = Annotated[str, Meta(pattern=f"^{NAME}{_END}", description="1 to 100 of A-Z a-z 0-9 . _ -")]
Id = Annotated[
    str,
    Meta(
        pattern=f"^{TASK_ID}{_END}",
        description="1 to 128 of A-Z a-z 0-9 . _ : - and not `all`, nor with a point and digits at its end.",
    ),
]
Priority = Annotated[int, Meta(ge=0, le=9, description="9 first, 0 last.")]
Retries = Annotated[
    int, Meta(ge=0, le=MOST_RETRIES, description="How often a failed attempt is tried again.")
]
Timeout = Annotated[float, Meta(gt=0, le=LONGEST, description="Longest run of one attempt, s.")]


def usable_queue(queue: str | None) -> str | None:
    """The queue, if a task may be sent there. Raises InvalidRequest for those that are not for tasks."""
    if queue is not None and is_kept_queue(queue):
        reason = "names that begin with amq. are RabbitMQ's, those with longshore. our own"
        raise InvalidRequest(field="queue", reason=reason)
    refuse_reserved(queue=why_not_name(queue or ""))
    return queue


class Submission(Struct, frozen=True, forbid_unknown_fields=True):
    """A task to run. What is left out is the task's own default, as its worker published it."""

    task: Name
    args: Annotated[Raw, Meta(description="A list, bound in order, or an object by parameter name.")] = field(
        default_factory=lambda: Raw(b"[]")
    )
    id: Id | None = None
    """Made here when missing; send one (UUIDv7) to be able to ask again after a lost answer."""
    queue: Name | None = None
    priority: Priority = 4
    delay: Annotated[float, Meta(ge=0, le=LONGEST, description="Seconds from now.")] | None = None
    run_at: (
        Annotated[datetime, Meta(tz=True, description="Instead of delay; ten years from now at most.")] | None
    ) = None
    retries: Retries | None = None
    timeout: Timeout | None = None


_CHARACTERS: Final = {
    "id": "1 to 128 characters of A-Z a-z 0-9 . _ : -",
    "task": "1 to 100 characters of A-Z a-z 0-9 . _ -",
}
_decoder: Final = msgspec.json.Decoder(Submission)
_canonical: Final = msgspec.json.Encoder(order="sorted").encode


def read(body: bytes) -> Submission:
    """Decode one submission. Raises MalformedBody for what is no JSON, else InvalidRequest."""
    return decoded(_decoder, body)


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode the body of a request. Raises MalformedBody for what is no JSON, else InvalidRequest."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody(reason=f"The body is not JSON: {error}") from error


def admit(given: Submission, catalogue: Mapping[str, TaskSpec], args_limit: int) -> NewTask:
    """Check a submission against its task and complete it.

    Raises UnknownTask, UnreadableSpec, ArgumentsTooLarge, InvalidArguments, InvalidRequest.
    """
    try:
        spec = catalogue[given.task]
    except KeyError:
        raise UnknownTask(task=given.task) from None
    raw = bytes(given.args)
    if len(raw) > args_limit:
        raise ArgumentsTooLarge(size=len(raw), limit=args_limit)
    refuse_reserved(id=why_not_task_id(given.id or ""))
    due = None if given.run_at is None else given.run_at.timestamp()
    if due is not None and due > time.time() + LONGEST:
        reason = f"more than {LONGEST:.0f} s (ten years) from now; choose an earlier time"
        raise InvalidRequest(field="run_at", reason=reason)
    if given.run_at is not None and given.delay is not None:
        raise InvalidRequest(field="run_at", reason="give a delay or a time, not both")
    try:
        args = decode(raw)
        refuse_repeated(raw)
    except NotJSON as error:
        raise InvalidArguments(task=given.task, field="args", reason=str(error)) from error
    check_args(spec, args)
    return NewTask(
        id=given.id or new_id(),
        task=given.task,
        queue=usable_queue(given.queue) or spec.queue,
        args=raw,
        digest=_digest(given, args),
        priority=given.priority,
        delay=given.delay,
        due=due,
        retries=spec.retries if given.retries is None else given.retries,
        backoff=spec.backoff,
        timeout=spec.timeout if given.timeout is None else given.timeout,
    )


def refuse_reserved(**reasons: str | None) -> None:
    """Raise InvalidRequest for the first field that has a reason."""
    for name, reason in reasons.items():
        if reason:
            raise InvalidRequest(field=name, reason=f"{reason}; choose another")


def invalid(error: msgspec.ValidationError) -> InvalidRequest:
    """Put msgspec's words ("Expected `int`, got `str` - at `$.priority`") into a field and a reason."""
    reason, _, place = str(error).partition(" - at ")
    name = place.strip("`").removeprefix("$").lstrip(".") or "body"
    if "unknown field" in reason or "missing required field" in reason:
        name = reason.split("`")[1]
        reason = "unknown field" if "unknown" in reason else "missing"
    elif "matching regex" in reason:
        kind = "id" if name.startswith("id") else "task"
        reason = f"expected {_CHARACTERS[kind]}"
    return InvalidRequest(field=name, reason=f"{reason[:1].lower()}{reason[1:]}".replace("`", ""))


def _digest(given: Submission, args: Any) -> bytes:
    """What tells this payload from another under the same id.

    Only what was sent, not what the catalogue adds: a repetition is one even after the task's defaults have
    changed. Spacing and order do not matter.
    """
    sent = (
        given.task,
        args,
        given.queue,
        given.priority,
        given.delay,
        given.run_at,
        given.retries,
        given.timeout,
    )
    return payload_digest(_canonical(sent))
