"""Batches: a file goes in, a file comes out."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import PurePath
from typing import Final

import msgspec
from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from longshore.ledger.keys import Role
from longshore.ledger.records import Admission, CancelAnswer
from longshore.ledger.shapes import Batch, BatchPage, Line
from longshore.lines import error_line
from longshore.states import BatchState
from longshore_api.auth.guard import needs
from longshore_api.bodies import form_pieces
from longshore_api.context import api
from longshore_api.errors import BatchUnfinished, NoSuchBatch
from longshore_api.operation import operation, other_body, reference
from longshore_api.parameters import BatchPath, OutputQuery, PageQuery
from longshore_api.responses import json_response
from longshore_api.shapes import FailedLine
from longshore_api.upload.form import UploadForm
from longshore_api.upload.order import Order
from longshore_api.upload.receive import receive

blueprint = APIBlueprint("batches", __name__, url_prefix="/v1/batches", abp_tags=[{"name": "Batches"}])

_ENDED: Final = frozenset({BatchState.DONE, BatchState.REVOKED})
_NDJSON: Final = "application/x-ndjson"
_BLOCK: Final = 500
"""Lines sent in one piece."""

_FORM = other_body(
    "multipart/form-data",
    {
        "allOf": [
            reference(Order),
            {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "contentMediaType": "text/plain",
                        "description": "UTF-8 text, a call a line. Must come after all other fields.",
                    }
                },
            },
        ]
    },
)


@blueprint.post("", **operation(takes=_FORM, gives={HTTPStatus.ACCEPTED: Batch, HTTPStatus.OK: Batch}))
@needs(Role.SUBMITTER)
def upload() -> Response:
    """Run a task on every line of a file.

    202: every line is on record and will have its line of output. 200: a batch of this id, file and fields is
    there already.
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

    A blank line stays blank; one that failed or was not run is `error: line 17: …`.
    """
    found = _batch(path.id)
    if found.state not in _ENDED and query.wait:
        api().batches_waited_for.wait(path.id, query.wait)
        found = _batch(path.id)
    if found.state not in _ENDED and not query.partial:
        raise BatchUnfinished(id=found.id, state=found.state, done=found.done, total=found.total)
    name = f"{PurePath(found.filename).stem or found.id}.out.txt"
    missing = "not run" if found.state in _ENDED else "not run yet"
    return _text((_shown(line, missing) for line in api().ledger.batches.output(path.id)), name)


@blueprint.get("/<id>/errors", **operation(gives={HTTPStatus.OK: _NDJSON}))
@needs(Role.VIEWER)
def errors(path: BatchPath) -> Response:
    """List the lines that failed so far, as text; with `Accept: application/x-ndjson` a JSON object each."""
    found = _batch(path.id)
    failed = api().ledger.batches.errors(path.id)
    if request.accept_mimetypes.best_match(["text/plain", _NDJSON]) == _NDJSON:
        encode = msgspec.json.Encoder().encode
        listed = (encode(FailedLine(line.number, line.text)).decode() for line in failed)
        return Response(_blocks(listed), mimetype=_NDJSON)
    return _text(map(_shown, failed), f"{PurePath(found.filename).stem or found.id}.errors.txt")


@blueprint.post("/<id>/cancel", **operation(gives={HTTPStatus.OK: Batch}))
@needs(Role.OPERATOR)
def cancel(path: BatchPath) -> Response:
    """Cancel what of a batch has not run. One that had ended stays as it is."""
    if api().ledger.batches.cancel(path.id) is CancelAnswer.UNKNOWN:
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


def _text(lines: Iterable[str], filename: str) -> Response:
    answer = Response(_blocks(lines), mimetype="text/plain")
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines joined to pieces worth a packet.

    An error on the way breaks the connection: a short file must not look like a whole one.
    """
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == _BLOCK:
            yield ("\n".join(block) + "\n").encode()
            block = []
    if block:
        yield ("\n".join(block) + "\n").encode()
