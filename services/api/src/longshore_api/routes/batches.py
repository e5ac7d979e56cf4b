"""Batches: a file goes in, a file comes out."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from itertools import chain
from pathlib import PurePath
from typing import Final

import msgspec
from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from longshore.errors import OutputChanged
from longshore.lines import error_line
from longshore.states import BATCH_TERMINAL
from longshore_api.attachments import attachment, unbroken
from longshore_api.auth.guard import needs
from longshore_api.bodies import form_pieces
from longshore_api.context import api, caller
from longshore_api.errors import BatchUnfinished, NoSuchBatch
from longshore_api.operation import extended, operation, other_body
from longshore_api.parameters import BatchPath, OutputQuery, PageQuery
from longshore_api.responses import json_response
from longshore_api.shapes import FailedLine
from longshore_api.upload.form import UploadForm
from longshore_api.upload.order import Order
from longshore_api.upload.receive import receive
from longshore_ledger.keys import Role
from longshore_ledger.records import Admission, CancelAnswer
from longshore_ledger.shapes import Batch, BatchPage, Line

blueprint = APIBlueprint("batches", __name__, url_prefix="/v1/batches", abp_tags=[{"name": "Batches"}])

_NDJSON: Final = "application/x-ndjson"
_BLOCK: Final = 500
"""Lines sent in one piece."""

_FORM = other_body(
    "multipart/form-data",
    extended(
        Order,
        file={
            "type": "string",
            "contentMediaType": "text/plain",
            "description": "UTF-8 text, a call a line. Must come after all other fields.",
        },
    ),
)


@blueprint.post("", **operation(takes=_FORM, gives={HTTPStatus.ACCEPTED: Batch, HTTPStatus.OK: Batch}))
@needs(Role.SUBMITTER)
def upload() -> Response:
    """Run a task on every line of a file.

    202: every line is on record and will have its line of output. 200: a batch of this id, file and fields is
    there already, and runs or has run. An upload that broke off may be sent again under its id.
    """
    pieces, boundary = form_pieces()
    id, admission = receive(api(), UploadForm(pieces, boundary))
    status = HTTPStatus.ACCEPTED if admission is Admission.NEW else HTTPStatus.OK
    return json_response(_batch(id), status, {"Location": f"/v1/batches/{id}"})


@blueprint.get("", **operation(gives={HTTPStatus.OK: BatchPage}))
@needs(Role.VIEWER)
def batches(query: PageQuery) -> Response:
    """List batches, the newest first, a page at a time."""
    return json_response(api().ledger.batches.page(query.cursor, query.limit))


@blueprint.get("/<id>", **operation(gives={HTTPStatus.OK: Batch}))
@needs(Role.VIEWER)
def batch(path: BatchPath) -> Response:
    """Read one batch: its state, and how many of its lines are done and failed."""
    return json_response(_batch(path.id))


@blueprint.get("/<id>/output", **operation(gives={HTTPStatus.OK: "text/plain"}))
@needs(Role.VIEWER)
def output(path: BatchPath, query: OutputQuery) -> Response:
    """Fetch the output: a line for each line of input, in the same order, streamed.

    A blank line stays blank; one that failed or was not run is `error: line 17: …`. The output of a batch
    that is DONE has an ETag, which changes when failed lines are retried: with If-Match it is that output, or
    412. When the output changes or is forgotten while it is sent, the connection is broken off.
    """
    found = _batch(path.id)
    if found.state not in BATCH_TERMINAL and query.wait:
        api().batches_waited_for.wait(path.id, query.wait)
        found = _batch(path.id)
    if found.state not in BATCH_TERMINAL and not query.partial:
        raise BatchUnfinished(id=found.id, state=found.state, done=found.done, total=found.total)
    missing = "not run" if found.state in BATCH_TERMINAL else "not run yet"
    version = _version(path.id)
    lines = (_shown(line, missing) for line in api().ledger.batches.output(path.id, version))
    return _text(lines, found, "out", version)


@blueprint.get("/<id>/errors", **operation(gives={HTTPStatus.OK: ("text/plain", _NDJSON)}))
@needs(Role.VIEWER)
def errors(path: BatchPath) -> Response:
    """List the lines that failed so far, as text; with `Accept: application/x-ndjson` a JSON object each.

    ETag and If-Match are those of the output.
    """
    found = _batch(path.id)
    version = _version(path.id)
    failed = api().ledger.batches.errors(path.id, version)
    if request.accept_mimetypes.best_match(["text/plain", _NDJSON]) == _NDJSON:
        encode = msgspec.json.Encoder().encode
        listed = (encode(FailedLine(line.number, line.text)).decode() for line in failed)
        return _streamed(listed, _NDJSON, version)
    return _text(map(_shown, failed), found, "errors", version)


@blueprint.post("/<id>/cancel", **operation(gives={HTTPStatus.OK: Batch}))
@needs(Role.OPERATOR)
def cancel(path: BatchPath) -> Response:
    """Cancel what of a batch has not run. One that had ended stays as it is.

    Of one that had ended and runs failed lines again, only that is cancelled: the lines keep their reasons.
    """
    if api().ledger.batches.cancel(path.id, caller()) is CancelAnswer.UNKNOWN:
        raise NoSuchBatch(id=path.id)
    return json_response(_batch(path.id))


@blueprint.post("/<id>/retry", **operation(gives={HTTPStatus.ACCEPTED: Batch, HTTPStatus.OK: Batch}))
@needs(Role.OPERATOR)
def retry(path: BatchPath) -> Response:
    """Run the failed lines once more; their results take the place of the errors. 200: none had failed."""
    _batch(path.id)
    count = api().ledger.batches.retry_failed(path.id)
    return json_response(_batch(path.id), HTTPStatus.ACCEPTED if count else HTTPStatus.OK)


def _batch(id: str) -> Batch:
    found = api().ledger.batches.get(id)
    if found is None:
        raise NoSuchBatch(id=id)
    return found


def _shown(line: Line, missing: str = "") -> str:
    if line.kind == "missing":
        return error_line(line.number, missing)
    return error_line(line.number, line.text) if line.kind == "error" else line.text


def _version(id: str) -> str | None:
    """Of the output, where it stays as it is. Raises OutputChanged where If-Match wants another."""
    version = api().ledger.batches.version(id)
    wanted = request.if_match
    if wanted and not wanted.star_tag and (version is None or version not in wanted):
        raise OutputChanged(id=id)
    return version


def _text(lines: Iterable[str], batch: Batch, what: str, version: str | None) -> Response:
    answer = _streamed(lines, "text/plain", version)
    stem = PurePath(batch.filename).stem
    answer.headers["Content-Disposition"] = attachment(stem, f".{what}.txt", otherwise=batch.id)
    return answer


def _streamed(lines: Iterable[str], mimetype: str, version: str | None) -> Response:
    """The first piece is made at once: an error in it has an answer of its own, a later one breaks off."""
    blocks = _blocks(lines)
    first = next(blocks, b"")
    answer = Response(unbroken(chain([first], blocks)), mimetype=mimetype)
    if version is not None:
        answer.set_etag(version)
    return answer


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines joined to pieces worth a packet."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == _BLOCK:
            yield ("\n".join(block) + "\n").encode()
            block = []
    if block:
        yield ("\n".join(block) + "\n").encode()
