"""One value of a line: which texts are numbers, and which parameters want text."""

import math
import re
import sys
from collections.abc import Callable
from typing import Any, Final

from longshore.errors import BadLine
from longshore.reasons import quote

Cell = Callable[[str], Any]
"""Turns a text into the JSON value that a parameter should get. Raises BadLine."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]+").fullmatch
_FLOAT: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?").fullmatch
_NOT_FINITE: Final = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE).fullmatch

_ALL: Final = frozenset({"string", "number", "integer", "boolean", "null", "array", "object"})


def cell(name: str, accepted: frozenset[str]) -> Cell:
    """Choose how texts become values of the parameter `name`, which takes the JSON types `accepted`.

    A parameter that takes text alone keeps it. For any other, what looks like a number is one; true, false
    and null are what they are in JSON where the parameter takes them and takes no text.
    """
    if accepted == {"string"}:
        return str
    words: dict[str, bool | None] = {}
    if "string" not in accepted:
        words = {"true": True, "false": False} if "boolean" in accepted else {}
        words |= {"null": None} if "null" in accepted else {}

    def convert(text: str) -> Any:
        if _INTEGER(text):
            return _integer(name, text)
        if _FLOAT(text):
            number = float(text)
            if math.isfinite(number):
                return number
            raise BadLine(reason=f"{name}: {quote(text)[1:-1]} is beyond the range of a float")
        if "string" not in accepted and _NOT_FINITE(text):
            raise BadLine(reason=f"{name}: {text} is refused: numbers must be finite")
        return words.get(text, text)

    return convert


def types(schema: dict[str, Any], definitions: dict[str, Any]) -> frozenset[str]:
    """Return the JSON types that a schema may accept; all of them where it says nothing."""
    if "$ref" in schema:
        target = definitions.get(schema["$ref"].rpartition("/")[2], {})
        return types(target, {key: value for key, value in definitions.items() if value is not target})
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return frozenset().union(*(types(each, definitions) for each in schema[choice]))
    if "enum" in schema or "const" in schema:
        return frozenset(_type(each) for each in schema.get("enum", [schema.get("const")]))
    named = schema.get("type", _ALL)
    return frozenset({named} if isinstance(named, str) else named)


def _integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        limit = sys.get_int_max_str_digits()
        reason = f"{name}: an integer of {len(text)} digits; {limit} is the most"
        raise BadLine(reason=reason) from error


def _type(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case None:
            return "null"
        case int():
            return "integer"
        case float():
            return "number"
        case _:
            return "string"
