"""Submissions as the API reads them, alone and as NDJSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct, structs

from longshore.api_types import Bulk, Rejection
from longshore.client.problems import BadArguments
from longshore.client.transport import Transport
from longshore.ids import new_id

_LINES_A_REQUEST: Final = 1000
_BYTES_A_REQUEST: Final = 1 << 20


class Named(Protocol):
    """Something with a task's name, such as what `@task` makes of a function."""

    @property
    def name(self) -> str:
        """The task's name."""


class Submission(Struct, frozen=True):
    """A task to be submitted. What is None is left to the task's own defaults.

    `args` is a list, bound in order, or a mapping by parameter name; `delay` and `timeout` are seconds.
    """

    task: str | Named
    args: Iterable[Any] | Mapping[str, Any] = ()
    id: str | None = None
    queue: str | None = None
    priority: int | None = None
    delay: float | None = None
    run_at: datetime | None = None
    retries: int | None = None
    timeout: float | None = None


def encode(submission: Submission | Mapping[str, Any]) -> tuple[str, bytes]:
    """The id and the JSON of a submission; an id is made where there is none.

    The standard library's encoder, because msgspec's would quietly turn NaN into null.
    """
    given = submission if isinstance(submission, Mapping) else structs.asdict(submission)
    record = {name: value for name, value in given.items() if value is not None}
    record["id"] = record.get("id") or new_id()
    if not isinstance(record.get("task", ""), str):
        record["task"] = record["task"].name
    if not isinstance(record.get("args"), Mapping | str | None):
        record["args"] = list(record["args"])
    if isinstance(record.get("run_at"), datetime):
        record["run_at"] = record["run_at"].isoformat()
    try:
        text = json.dumps(record, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return record["id"], text.encode()
    except (TypeError, ValueError) as error:  # UnicodeEncodeError, of a lone surrogate, is a ValueError
        raise BadArguments(reason=str(error)) from error


def submit_many(transport: Transport, submissions: Iterable[Submission | Mapping[str, Any]]) -> Bulk:
    """Send all, a thousand a request; each is safe to repeat, since the ids are made before it leaves."""
    accepted = repeated = refused = before = 0
    rejected: list[Rejection] = []
    for lines in _requests(encode(submission)[1] for submission in submissions):
        part = transport.ask(
            Bulk,
            "POST",
            "/v1/tasks/bulk",
            content=b"\n".join(lines) + b"\n",
            headers={"Content-Type": "application/x-ndjson"},
        )
        accepted += part.accepted
        repeated += part.repeated
        refused += part.rejected_count
        rejected += [structs.replace(one, line=one.line + before) for one in part.rejected]
        before += len(lines)
    return Bulk(accepted, repeated, rejected, refused)


def _requests(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    request: list[bytes] = []
    size = 0
    for line in lines:
        if request and (len(request) == _LINES_A_REQUEST or size + len(line) > _BYTES_A_REQUEST):
            yield request
            request, size = [], 0
        request.append(line)
        size += len(line)
    if request:
        yield request
