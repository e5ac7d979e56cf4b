"""What a task is, for those who cannot import it: the API, the relay, a page that draws a form.

Workers publish these specifications to the ledger, where they outlive them.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Final

import jsonschema_rs
import msgspec
from msgspec import Meta

from longshore.errors import InvalidArguments, UnreadableSpec
from longshore.formats import FORMATS, KEYWORDS, with_bounds
from longshore.names import NAME
from longshore.reasons import first_reason
from longshore.values import NotJSON, decode

LONGEST: Final = 3_660 * 86_400.0
"""Ten years, s: the longest that anything may take or be put off."""
MOST_RETRIES: Final = 1000

_Name = Annotated[str, Meta(pattern=rf"^{NAME}\Z")]


class TaskSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One task of the catalogue."""

    name: _Name
    queue: _Name
    """Where it goes when a submission names no queue."""
    schema: dict[str, Any]
    """JSON Schema (2020-12) of the object of its parameters."""
    parameters: tuple[str, ...]
    """Their names, in the order in which a list of arguments is bound to them."""
    summary: str = ""
    timeout: Annotated[float, Meta(gt=0, le=LONGEST)] | None = None
    """Longest run of one attempt, s."""
    retries: Annotated[int, Meta(ge=0, le=MOST_RETRIES)] = 0
    """How often a failed attempt is tried again."""
    backoff: Annotated[float, Meta(ge=0, le=LONGEST)] = 2.0
    """Wait before the first retry, s; doubled for each further one."""
    updated_at: str | None = None
    """When it became the newest definition of its name, RFC 3339; no part of the definition."""

    def __hash__(self) -> int:
        return hash(self.name)  # A schema is a dict; equality still compares everything.


class Specs(dict[str, TaskSpec]):
    """Definitions by name; looking up one that cannot be read raises UnreadableSpec, not KeyError."""

    def __init__(
        self,
        specs: Mapping[str, TaskSpec],
        damaged: Mapping[str, str],
        replaced: AbstractSet[str] = frozenset(),
    ) -> None:
        super().__init__(specs)
        self.replaced = replaced
        """Names of those that took the place of another one."""
        self.damaged = damaged
        """By name, what is wrong with those that cannot be read."""

    def __missing__(self, name: str) -> TaskSpec:
        if name in self.damaged:
            raise UnreadableSpec(name=name, reason=self.damaged[name])
        raise KeyError(name)


def write_spec(spec: TaskSpec) -> bytes:
    """Write a specification as JSON: the same bytes for the same definition, whenever it was taken.

    Raises UnreadableSpec for one that `read_spec` would refuse: nobody could ever submit the task.
    """
    try:
        text = msgspec.json.encode(msgspec.structs.replace(spec, updated_at=None))
    except (TypeError, ValueError, RecursionError) as error:  # ValueError: UnicodeEncodeError among it
        raise UnreadableSpec(name=spec.name, reason=str(error)) from error
    # As it is read: 30 s are 30.0 s, whatever the task's author wrote.
    return msgspec.json.encode(read_spec(spec.name, text))


def definition_of(spec: TaskSpec) -> str:
    """Twelve characters that tell this definition from others of the same name."""
    return sha256(write_spec(spec)).hexdigest()[:12]


def read_spec(name: str, text: bytes) -> TaskSpec:
    """Read a specification. Raises UnreadableSpec, which says what in it is wrong."""
    try:
        spec = msgspec.json.decode(text, type=TaskSpec)
        _validator(spec)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(step) for step in error.instance_path)
        raise UnreadableSpec(
            name=name, reason=f"its schema{place and f' at {place}'}: {error.message}"
        ) from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableSpec(name=name, reason=str(error)) from error
    if spec.name != name:
        raise UnreadableSpec(name=name, reason=f"it is that of {spec.name}")
    return spec


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


@lru_cache(maxsize=1024)  # By equality: the ledger's catalogue is read anew each second and rarely differs.
def _validator(spec: TaskSpec) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        with_bounds(spec.schema),
        validate_formats=True,
        formats=FORMATS,
        keywords=KEYWORDS,
        retriever=_refuse_reference,
    )


def _refuse_reference(uri: str) -> Any:
    """A schema that refers to another document would have the API fetch it."""
    raise ValueError(f"its schema refers to {uri}; a schema holds all that it uses")
