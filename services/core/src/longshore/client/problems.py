"""What can go wrong for a client. As in `longshore.errors`, the docstring is the message."""

from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from longshore.errors import LongshoreError


class ApiUnreachable(LongshoreError):
    """The API does not answer.

    {url} cannot be reached: {reason}. Is it running (`longshore up`)? Is the address right (LONGSHORE_URL)?
    """


class UnusableKey(LongshoreError):
    """The API key cannot be sent.

    It holds something that no key has: a space, a line feed, or a letter beyond ASCII. Copy it anew
    (LONGSHORE_KEY).
    """


class UnexpectedAnswer(LongshoreError):
    """The answer is not Longshore's.

    {url} answered {what}. Is this the address of a Longshore API (LONGSHORE_URL), and is it as new as this
    client?
    """


class BadArguments(LongshoreError, ValueError):
    """The arguments are not JSON.

    {reason}. Arguments are numbers (finite ones), strings, booleans, None, and lists and objects of those.
    """


class StillRunning(LongshoreError, TimeoutError):
    """The wait is over, the work is not.

    {kind} {id} is {state} after {seconds:g} s. It goes on: wait again, or ask `longshore status {id}` why.
    """


class TaskFailed(LongshoreError):
    """The task failed.

    Task {id} failed after attempt {attempt}: {type}: {message}
    """


class TaskRevoked(LongshoreError):
    """The task was cancelled.

    Task {id} was cancelled; `retry` runs it again.
    """


class UploadBroken(LongshoreError):
    """The upload broke off.

    The upload of batch {id} ended before the API had the whole file: {reason} None of its lines will run;
    upload it again, under the same id if you like.
    """


class UploadUnknown(LongshoreError):
    """Whether the file arrived is not known.

    The connection broke while batch {id} was uploaded, and the API has not said since what it has of it:
    {reason} It may run. Ask with `longshore status {id}`, or upload the file again under the same id (`--id
    {id}`): no line runs twice for that.
    """


class FileChanged(LongshoreError):
    """The file changed while it was sent.

    It had {length} bytes when the upload began, and ended at byte {at}. None of its lines will run; upload it
    again when nothing writes it any more.
    """


class OutputBroken(LongshoreError):
    """The connection broke in the middle of the output.

    {bytes} bytes had come: {reason}. The batch has not ended, so its output may be another one by now; fetch
    it from the beginning, or wait for the batch to end.
    """


class Problem(LongshoreError):
    """The API refused.

    {title} ({status}): {detail}
    """

    @property
    def answer_status(self) -> int:
        """The HTTP status of the answer."""
        return int(self.fields["status"])

    @property
    def problem(self) -> dict[str, Any]:
        """The whole problem document (RFC 9457)."""
        return dict(self.fields["problem"])


class Rejected(Problem):
    """The request is not valid.

    {title}: {detail}
    """


class Unauthorized(Problem):
    """The API wants a key it knows.

    {detail} Pass it to the client (`key=`) or set LONGSHORE_KEY.
    """


class Forbidden(Problem):
    """The key may not do this.

    {detail} Use a key with the role that this needs; `longshore keys list` shows the roles.
    """


class NotFound(Problem):
    """There is no such thing.

    {detail}
    """


class Conflict(Problem):
    """It conflicts with what is recorded.

    {detail}
    """


class TooLarge(Problem):
    """It is too large.

    {detail}
    """


class Overloaded(Problem):
    """The service cannot take this now.

    {title}: {detail}
    """


_BY_STATUS: dict[int, type[Problem]] = {
    HTTPStatus.BAD_REQUEST: Rejected,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Rejected,
    HTTPStatus.UNPROCESSABLE_ENTITY: Rejected,
    HTTPStatus.UNAUTHORIZED: Unauthorized,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.PRECONDITION_FAILED: Conflict,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge,
    HTTPStatus.TOO_MANY_REQUESTS: Overloaded,
    HTTPStatus.BAD_GATEWAY: Overloaded,
    HTTPStatus.SERVICE_UNAVAILABLE: Overloaded,
    HTTPStatus.GATEWAY_TIMEOUT: Overloaded,
}


def problem_of(answer: httpx.Response) -> LongshoreError:
    """The exception for an answer that is no success. Its body has been read."""
    try:
        document = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        document = {}
    kind = _BY_STATUS.get(answer.status_code)
    if kind is None and "title" not in document:
        what = f"{answer.status_code} {answer.reason_phrase}".strip()
        return UnexpectedAnswer(url=str(answer.request.url), what=what)
    title = document.get("title") or answer.reason_phrase
    detail = document.get("detail") or f"{answer.request.method} {answer.request.url.path} was refused"
    return (kind or Problem)(title=title, detail=detail, status=answer.status_code, problem=document)
