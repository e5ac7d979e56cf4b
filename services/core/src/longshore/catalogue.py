"""What a task is, for those who cannot import it: the API, the relay, a page that draws a form.

Workers publish these specifications to the ledger, where they outlive them.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jsonschema_rs
import msgspec
from pydantic import TypeAdapter, ValidationError

from longshore.errors import InvalidArguments
from longshore.reasons import first_reason
from longshore.values import NotJSON, decode


class TaskSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One task of the catalogue."""

    name: str
    queue: str
    """Where it goes when a submission names no queue."""
    schema: dict[str, Any]
    """JSON Schema (2020-12) of the object of its parameters."""
    parameters: tuple[str, ...]
    """Their names, in the order in which a list of arguments is bound to them."""
    summary: str = ""
    timeout: float | None = None
    """Longest run of one attempt, s."""
    retries: int = 0
    """How often a failed attempt is tried again."""
    backoff: float = 2.0
    """Wait before the first retry, s; doubled for each further one."""
    updated_at: str | None = None
    """When the ledger took it, RFC 3339."""

    def __hash__(self) -> int:
        return hash(self.name)  # A schema is a dict; equality still compares everything.


def check_args(spec: TaskSpec, args: object) -> None:
    """Check arguments against the task's schema: a decoded JSON list or object, or its JSON as bytes.

    Raises InvalidArguments, which names the first field at fault and says why.
    """
    if isinstance(args, bytes):
        try:
            args = decode(args)
        except NotJSON as error:
            raise InvalidArguments(task=spec.name, field="args", reason=f"not JSON: {error}") from error
    if isinstance(args, list):
        if len(args) > len(spec.parameters):
            raise _miscounted(spec, len(args))
        named = dict(zip(spec.parameters, args, strict=False))
    elif isinstance(args, dict):
        named = args
    else:
        raise InvalidArguments(
            task=spec.name, field="args", reason="expected a list of values or an object of names and values"
        )
    validator = _validator(spec)
    try:
        if validator.is_valid(named):
            return
        if isinstance(args, list) and len(args) < required(spec):
            raise _miscounted(spec, len(args))
        takes = f"{spec.name} takes {', '.join(spec.parameters) or 'no arguments'}"
        field, reason = first_reason(validator.iter_errors(named), takes)
    except ValueError as error:  # A type or a text that JSON does not have; never from decoded JSON.
        raise InvalidArguments(task=spec.name, field="args", reason=str(error)) from error
    raise InvalidArguments(task=spec.name, field=field, reason=reason)


def required(spec: TaskSpec) -> int:
    """How many of the parameters have no default."""
    return len(spec.schema.get("required", ()))


def expected_count(spec: TaskSpec) -> str:
    """`2 values`, `1 to 3 values`: how many a list of arguments may hold."""
    least, most = required(spec), len(spec.parameters)
    noun = "value" if most == 1 else "values"
    return f"{most} {noun}" if least == most else f"{least} to {most} {noun}"


def _miscounted(spec: TaskSpec, count: int) -> InvalidArguments:
    names = f" ({', '.join(spec.parameters)})" if spec.parameters else ""
    reason = f"expected {expected_count(spec)}{names}, got {count}"
    return InvalidArguments(task=spec.name, field="args", reason=reason)


def _accepts(kind: Any) -> Callable[[str], bool]:
    """Let pydantic judge a format: JSON Schema's own `date-time` refuses a time without a zone, for one."""
    adapter = TypeAdapter(kind)

    def accepts(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return True

    return accepts


_FORMATS: Final = {
    "date": _accepts(date),
    "date-time": _accepts(datetime),
    "time": _accepts(time),
    "duration": _accepts(timedelta),
    "uuid": _accepts(UUID),
}


@lru_cache(maxsize=1024)  # By equality: the ledger's catalogue is read anew each second and rarely differs.
def _validator(spec: TaskSpec) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(spec.schema, validate_formats=True, formats=_FORMATS)
