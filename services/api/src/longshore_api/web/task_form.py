"""A form drawn from a task's JSON Schema, and what was typed into it as arguments."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from longshore.catalogue import TaskSpec
from longshore.values import NotJSON, decode

Kind = Literal["integer", "number", "text", "flag", "choice", "json"]

PREFIX: Final = "arg."
"""Of the names of the form's fields: a parameter may be called `queue` as well."""

_KINDS: Final[dict[frozenset[str], Kind]] = {
    frozenset({"boolean"}): "flag",
    frozenset({"integer"}): "integer",
    frozenset({"number"}): "number",
    frozenset({"integer", "number"}): "number",
    frozenset({"string"}): "text",
}
"""By the types that the schema allows. All others are typed as JSON."""


class Choice(msgspec.Struct, frozen=True):
    """One value of an enum. `value` is its JSON."""

    value: str
    label: str


class Field(msgspec.Struct, frozen=True):
    """One parameter, as a form asks for it."""

    name: str
    kind: Kind
    required: bool
    value: str
    """What stands in it: the default, or what was typed."""
    hint: str
    choices: tuple[Choice, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def key(self) -> str:
        """Its name within the form."""
        return PREFIX + self.name


class Mistyped(Exception):
    """What was typed is no value of the field's kind. `field` is its name, the message says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def fields_of(spec: TaskSpec, typed: Mapping[str, str] | None = None) -> list[Field]:
    """The fields of a task's form, filled with the defaults or with what was `typed`."""
    required = set(spec.schema.get("required", ()))
    return [
        _field(
            name,
            _resolve(spec.schema, spec.schema.get("properties", {}).get(name, {})),
            name in required,
            typed,
        )
        for name in spec.parameters
    ]


def args_of(fields: list[Field], typed: Mapping[str, str]) -> dict[str, Any]:
    """The arguments that were typed, by parameter. What was left empty is left to the task's default.

    Raises Mistyped. What the schema has against a value, the API says.
    """
    args = {}
    for field in fields:
        text = typed.get(field.key, "")
        if field.kind == "flag":
            args[field.name] = bool(text)
        elif text or (field.required and field.kind == "text"):
            args[field.name] = _value(field, text)
        elif field.required:
            raise Mistyped(field.name, "is missing: fill it in")
    return args


def typed_of(spec: TaskSpec, args: Any) -> dict[str, str]:
    """What would have to be typed for these arguments, a list or an object."""
    named = dict(zip(spec.parameters, args, strict=False)) if isinstance(args, list) else args
    kinds = {field.name: field.kind for field in fields_of(spec)}
    return {PREFIX + name: _written(kinds[name], value) for name, value in named.items() if name in kinds}


def _written(kind: Kind, value: Any) -> str:
    if kind == "flag":
        return "yes" if value else ""
    return value if kind == "text" and isinstance(value, str) else _json(value)


def _field(name: str, schema: Mapping[str, Any], required: bool, typed: Mapping[str, str] | None) -> Field:
    kind = _kind(schema)
    default = schema.get("default")
    value = "" if default is None else default if kind == "text" else _json(default)
    if typed is not None:
        value = typed.get(PREFIX + name, "")
    elif kind == "flag":
        value = "yes" if default else ""
    return Field(
        name=name,
        kind=kind,
        required=required and kind != "flag",
        value=value,
        hint=_hint(schema, kind),
        choices=tuple(Choice(_json(each), str(each)) for each in schema.get("enum", ())),
        least=schema.get("minimum"),
        most=schema.get("maximum"),
    )


def _kind(schema: Mapping[str, Any]) -> Kind:
    if "enum" in schema:
        return "choice"
    return _KINDS.get(frozenset(_types(schema)), "json")


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The types a value may have; null is what an empty field says."""
    given = schema.get("type", ())
    own = {given} if isinstance(given, str) else set(given)
    for branch in schema.get("anyOf", ()):
        own |= _types(branch) or {"anything"}
    return own - {"null"}


def _resolve(root: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with its reference (`#/$defs/Colour`), or its only alternative to null, followed."""
    found = dict(schema)
    while "$ref" in found:
        target = root
        for step in found.pop("$ref").removeprefix("#/").split("/"):
            target = target[step]
        found = {**target, **found}
    branches = [each for each in found.get("anyOf", ()) if each.get("type") != "null"]
    if len(branches) == 1:
        found.pop("anyOf")
        return _resolve(root, {**branches[0], **found})
    return found


def _hint(schema: Mapping[str, Any], kind: Kind) -> str:
    told = schema.get("description", "")
    if kind == "json":
        shape = {"array": "a JSON list, [1, 2]", "object": 'a JSON object, {"name": 1}'}
        told = f"{told} {shape.get(next(iter(_types(schema)), ''), 'any JSON; text in double quotes')}"
    elif "format" in schema:
        told = f"{told} {schema['format']}"
    return str(told).strip()


def _value(field: Field, text: str) -> Any:
    if field.kind == "text":
        return text
    try:
        value = decode(text.strip())
    except NotJSON as error:
        if field.kind == "json":
            raise Mistyped(field.name, f"is not JSON: {error}") from error
        value = None
    wants_number = field.kind in ("integer", "number")
    if wants_number and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Mistyped(field.name, f"expected a number, got {text!r}")
    return value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
