"""What only a request can get wrong. As in `longshore.errors`, the docstring is the message."""

from http import HTTPStatus

from longshore.errors import LongshoreError


class InvalidRequest(LongshoreError):
    """The request is not valid.

    {field}: {reason}
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class MalformedBody(LongshoreError):
    """The body cannot be read.

    {reason}
    """

    status = HTTPStatus.BAD_REQUEST


class BodyCut(LongshoreError):
    """The body is incomplete.

    {reason}. Send the request again, with the same ids: what was recorded is not recorded twice.
    """

    status = HTTPStatus.BAD_REQUEST


class WrongMediaType(LongshoreError):
    """The body is of another kind.

    This route reads {expected}; the request says {got}. Set the header Content-Type.
    """

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class ArgumentsTooLarge(LongshoreError):
    """The arguments are too large.

    The arguments have {size} bytes, the limit is {limit} (LONGSHORE_ARGS_LIMIT). Store large inputs elsewhere
    and pass their address, or upload a file of lines to /v1/batches.
    """

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BodyTooLarge(LongshoreError):
    """The body is too large.

    This route takes {limit} bytes at the most. Send it in several requests.
    """

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BodyTooSlow(LongshoreError):
    """The request did not arrive in time.

    Its body was not complete after {seconds} seconds. Send it again; a large one in several requests, or as a
    file to /v1/batches, which may take as long as data keeps arriving.
    """

    status = HTTPStatus.REQUEST_TIMEOUT


class Busy(LongshoreError):
    """Too many connections.

    This API process has {places} connections, its limit, and answers only probes. Try again in a moment, or
    run more API processes.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 2


class TooMuch(LongshoreError):
    """The key asks for too much.

    A key may have {limit} of one API process ({setting}). Try again after the time that Retry-After says.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS


class TooManyAttempts(LongshoreError):
    """Too many attempts to sign in.

    Keys that are not known were sent too often, from this address or in all. Wait as long as Retry-After
    says, then sign in with a key that `longshore keys list` shows. Requests that carry a key are not held up.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS


class NoSuchSession(LongshoreError):
    """There is no such session.

    No session {id} of this key is open: it has expired, or was ended. GET /v1/sessions lists the open ones.
    """

    status = HTTPStatus.NOT_FOUND


class UnknownTask(LongshoreError):
    """No worker has published such a task.

    {task} is not in the catalogue (GET /v1/catalogue). Start a worker that has it, or run
    `longshore worker --publish-catalogue` where it is installed.
    """

    status = HTTPStatus.NOT_FOUND


class NoSuchTask(LongshoreError):
    """There is no task with this id.

    Task {id} was never accepted, or it ended so long ago that it was deleted
    (LONGSHORE_RETENTION_SECONDS).
    """

    status = HTTPStatus.NOT_FOUND


class NoSuchBatch(LongshoreError):
    """There is no batch with this id.

    Batch {id} was never opened, or it ended so long ago that it was deleted
    (LONGSHORE_RETENTION_SECONDS).
    """

    status = HTTPStatus.NOT_FOUND


class NoSuchQueue(LongshoreError):
    """There is no queue with this name.

    No task, worker or catalogue entry ever named the queue {queue}. GET /v1/queues lists those there are.
    """

    status = HTTPStatus.NOT_FOUND


class UnknownQueue(LongshoreError):
    """There is no queue with this name.

    No worker serves {queue}, no task is declared for it, and nothing was ever submitted there. Known
    queues: {known}. To make a new one, submit a task to it as an operator, or start a worker with -Q {queue}.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyQueues(LongshoreError):
    """There are too many queues.

    {queue} would be one more than the {limit} that submissions may make (LONGSHORE_QUEUES). Use one of those
    that there are (GET /v1/queues), or let a worker serve it first.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoSuchWorker(LongshoreError):
    """There is no worker with this id.

    No worker {id} sends heartbeats: it has stopped, or does not reach the ledger. GET /v1/workers lists those
    that do.
    """

    status = HTTPStatus.NOT_FOUND


class IdTaken(LongshoreError):
    """The id is taken by another payload.

    {id} was accepted with another payload. The same id means the same work: choose a new one for new work.
    """

    status = HTTPStatus.CONFLICT


class NothingToRetry(LongshoreError):
    """The task has not failed.

    Task {id} is {state}; only a task that ended FAILURE or REVOKED can be run once more.
    """

    status = HTTPStatus.CONFLICT


class ChunkOfBatch(LongshoreError):
    """The task is a chunk of a batch.

    Task {id} carries lines of a file: act on its batch, POST /v1/batches/{batch}/{action}
    """

    status = HTTPStatus.CONFLICT


class BatchUnfinished(LongshoreError):
    """The batch has not ended.

    Batch {id} is {state}: {done} of {total} lines are done. Wait for it with ?wait=60, or take what there is
    with ?partial=1.
    """

    status = HTTPStatus.CONFLICT
    retry_after = 1


class UploadBroken(LongshoreError):
    """The upload broke off.

    The request ended before the file did, so batch {id} is given up: none of its lines run. Upload it again,
    under the same id if you like.
    """

    status = HTTPStatus.BAD_REQUEST


class BatchCancelled(LongshoreError):
    """The batch was cancelled.

    Batch {id} is on record, of the same file, and was cancelled by {by}: it will not run. GET
    /v1/batches/{id}/output has what it had done. To run the file all the same, upload it under another id.
    """

    status = HTTPStatus.CONFLICT


class Unauthorized(LongshoreError):
    """A key is needed.

    {reason} Send one as `Authorization: Bearer <key>` or `X-API-Key: <key>`; `longshore keys create` makes
    one.
    """

    status = HTTPStatus.UNAUTHORIZED


class RoleTooLow(LongshoreError):
    """The key does not allow this.

    The key {name} has the role {role}; this needs {needed}. Use another key;
    `longshore keys create NAME --role {needed}` makes one.
    """

    status = HTTPStatus.FORBIDDEN


class ForeignHost(LongshoreError):
    """The request is not meant for this address.

    Without keys this API answers only to names of this machine, and the request was sent to {host}. (A page
    of another site may have had its name pointed here.) Use http://127.0.0.1:{port}, or create a key and set
    LONGSHORE_AUTH=keys.
    """

    status = HTTPStatus.FORBIDDEN


class Forwarded(LongshoreError):
    """The request was passed on by a proxy.

    It came with {sign}, as proxies send it, and this API asks for no keys: whoever reaches the proxy could do
    everything. Create a key (`longshore keys create NAME --role admin`) and set LONGSHORE_AUTH=keys, or set
    LONGSHORE_AUTH=none if the proxy itself lets in only who may.
    """

    status = HTTPStatus.FORBIDDEN


class ForeignOrigin(LongshoreError):
    """The request comes from a page of another site.

    A browser sent it on behalf of {origin}, which is not {host}. Without a key, changes are taken from this
    API's own pages and from programs only.
    """

    status = HTTPStatus.FORBIDDEN


class Forged(LongshoreError):
    """The request does not come from this page.

    It was sent with a browser's session, but without the token that our pages send along (the header
    X-CSRF-Token, or the form field csrf). Load the page again; programs send a key instead of a session.
    """

    status = HTTPStatus.FORBIDDEN
