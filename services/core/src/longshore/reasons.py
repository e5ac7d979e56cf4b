"""A broken JSON Schema rule in a reader's words: which field, and what was expected of it."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

import jsonschema_rs

_EXPECTED: Final = {
    "minimum": "at least {limit}",
    "maximum": "at most {limit}",
    "exclusiveMinimum": "more than {limit}",
    "exclusiveMaximum": "less than {limit}",
    "multipleOf": "a multiple of {multiple_of}",
    "minLength": "a length of at least {limit}",
    "maxLength": "a length of at most {limit}",
    "minItems": "at least {limit} items",
    "maxItems": "at most {limit} items",
    "minProperties": "at least {limit} entries",
    "maxProperties": "at most {limit} entries",
    "uniqueItems": "a list without repetitions",
    "pattern": "text that matches {pattern}",
    "format": "text in the format {format}",
}
"""By keyword. What is in braces is a field of jsonschema-rs' description of the rule."""

_TYPES: Final = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def first_reason(errors: Iterable[jsonschema_rs.ValidationError], takes: str) -> tuple[str, str]:
    """Return the field and the reason of the first of the errors.

    `takes` says what the task takes, for those who passed something else: "add takes a, b".
    """
    error = _innermost(next(iter(errors)))
    field, rule = _path(error.instance_path), error.kind.as_dict()
    if error.kind.name == "required":
        return _path([*error.instance_path, rule["property"]]), "missing"
    if error.kind.name == "additionalProperties":
        unknown = _path([*error.instance_path, rule["unexpected"][0]])
        return unknown, "unknown" if field else f"unknown parameter: {takes}"
    if error.kind.name == "propertyNames":
        inner = rule["error"]
        return field, f"expected keys to be {_expected(inner)}, got {quote(inner.instance)}"
    return field, f"expected {_expected(error)}, got {quote(error.instance)}"


def quote(value: Any) -> str:
    """Show a value in an error: texts in single quotes, all else as JSON, neither longer than a glance."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else f"{value[:37]}...")
    text = json.dumps(value, default=repr, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _innermost(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of `anyOf`, take the alternative that fits best: its own type is right, its inside is not."""
    if error.kind.name not in ("anyOf", "oneOf"):
        return error
    for branch in error.kind.as_dict()["context"]:
        for inner in branch:
            if len(inner.instance_path) > len(error.instance_path) or inner.kind.name != "type":
                return _innermost(inner)
    return error


def _expected(error: jsonschema_rs.ValidationError) -> str:
    rule = error.kind.as_dict()
    match error.kind.name:
        case "type":
            return _either(rule["types"])
        case "anyOf" | "oneOf":
            inners = [inner for branch in rule["context"] for inner in branch]
            return _either([each for inner in inners for each in inner.kind.as_dict()["types"]])
        case "enum":
            return " or ".join(quote(option) for option in rule["options"])
        case "decimal" | "digits":  # Of longshore.formats; the former's in pydantic's words.
            return re.sub(r"^(Decimal i|I)nput should (be|have) ", "", rule["message"])
        case "const":
            return quote(rule["expected_value"])
        case keyword:
            return _EXPECTED.get(keyword, f"what the schema's {keyword} asks for").format(**rule)


def _either(types: list[str]) -> str:
    wanted = dict.fromkeys(types)
    if "number" in wanted:
        wanted.pop("integer", None)  # Every whole number is one.
    return " or ".join(_TYPES[each] for each in wanted) or "exactly one of the alternatives to fit"


def _path(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
