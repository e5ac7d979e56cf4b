"""Submitting one task by a form that is drawn from its schema."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from longshore.catalogue import Specs, TaskSpec
from longshore.errors import InvalidArguments, LedgerUnavailable, LongshoreError
from longshore.ids import new_id
from longshore.values import NotJSON, decode
from longshore_api.auth.guard import needs
from longshore_api.context import api
from longshore_api.errors import InvalidRequest, MalformedBody
from longshore_api.intake import take
from longshore_api.submission import read
from longshore_api.web.task_form import Mistyped, args_of, fields_of, typed_of
from longshore_ledger.keys import Role

blueprint = Blueprint("submit", __name__)

MORE: Final = ("queue", "priority", "delay", "retries", "timeout")
"""The fields beside the arguments; those that are not text are numbers."""


@blueprint.get("/submit")
@needs(Role.SUBMITTER)
def submit() -> str:
    """Show the form of the task that was chosen, or of the first; filled in `like` an earlier one."""
    ledger = api().ledger
    catalogue = ledger.catalogue.read()
    like = ledger.views.task(request.args.get("like", ""))
    name = like.task if like else request.args.get("task") or next(iter(sorted(catalogue)), "")
    spec = catalogue.get(name)
    typed = None
    if like and spec:
        typed = typed_of(spec, decode(bytes(like.args))) | {
            "queue": like.queue,
            "priority": str(like.priority),
        }
    return _page(catalogue, spec, name, typed)


@blueprint.post("/submit")
@needs(Role.SUBMITTER)
def send() -> Response | tuple[str, HTTPStatus]:
    """Submit what was typed and lead to the task; else show the form with what is wrong beside the field."""
    made, typed = api(), request.form
    catalogue = made.ledger.catalogue.read()
    name = typed.get("task", "")
    spec = catalogue.get(name)
    if spec is None:
        return _page(catalogue, None, name), HTTPStatus.NOT_FOUND
    try:
        _, task = take(made, read(_body(spec, typed)))
    except Mistyped as error:
        wrong = {error.field: str(error)}
    except LedgerUnavailable as error:
        return _page(catalogue, spec, name, typed, {"": error.detail}), error.status
    except (InvalidArguments, InvalidRequest, MalformedBody) as error:
        wrong = _placed(error, spec)
    except LongshoreError as error:
        wrong = {"": error.detail}
    else:
        return redirect(url_for("pages.tasks.task", id=task.id), HTTPStatus.SEE_OTHER)
    return _page(catalogue, spec, name, typed, wrong), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(
    catalogue: Specs,
    spec: TaskSpec | None,
    name: str,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "submit.html",
        catalogue=sorted(catalogue.values(), key=lambda each: each.name),
        damaged=catalogue.damaged,
        spec=spec,
        name=name,
        fields=fields_of(spec, typed) if spec else [],
        typed=typed or {},
        wrong=wrong or {},
        id=(typed or {}).get("id") or new_id(),
    )


def _body(spec: TaskSpec, typed: Mapping[str, str]) -> bytes:
    """The JSON that a program would send. Raises Mistyped."""
    body: dict[str, Any] = {
        "task": spec.name,
        "id": typed.get("id") or new_id(),  # Of the form: sent twice, it is the same task.
        "args": args_of(fields_of(spec), typed),
    }
    for name in MORE:
        if text := typed.get(name, "").strip():
            body[name] = text if name == "queue" else _number(name, text)
    return msgspec.json.encode(body)


def _number(name: str, text: str) -> int | float:
    try:
        value = decode(text)
    except NotJSON:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Mistyped(name, f"expected a number, got {text!r}")
    return value


def _placed(error: LongshoreError, spec: TaskSpec) -> dict[str, str]:
    """The reason under the name of the field that shows it; under no name where there is none."""
    field = str(error.fields.get("field", ""))
    reason = str(error.fields.get("reason", error.detail))
    top = field.partition(".")[0].partition("[")[0]
    if top in spec.parameters or top in MORE:
        return {top: reason if top == field else f"{field}: {reason}"}
    return {"": error.detail}
