"""values.schema.json: what helm checks before it renders anything.

No generator that reads values.yaml alone knows the types of `Settings`.
"""

import json
from typing import Any, Final

from charts.generate.comments import Key, Undescribed
from longshore.settings import Settings

_SCALAR: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}
_TYPES: Final[dict[str, dict[str, Any]]] = {
    "object": {"type": "object"},
    "list of object": {"type": "array", "items": {"type": "object"}},
    "list of string": {"type": "array", "items": {"type": "string"}},
    "map of string": {"type": "object", "additionalProperties": {"type": "string"}},
    "integer or null": {"type": ["integer", "null"], "minimum": 0},
}
"""What `@type` may say, and what it means."""
_SETTINGS: Final = "map of string, number or boolean"
_POOLS: Final = "map of pool"
_OF_PYTHON: Final = {bool: "boolean", int: "integer", float: "number", str: "string"}


def schema_of(values: Key) -> str:
    """The schema as the text of a file."""
    pool = next(key for key in values.keys if key.path == ("workerDefaults",))
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Values of the chart longshore",
        **_schema(values, pool),
    }
    schema["definitions"] = {"settings": _settings()}
    # Helm's own, and those that a chart above this one shares with it.
    schema["properties"]["global"] = {"type": "object"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(key: Key, pool: Key) -> dict[str, Any]:
    about = {"description": key.about} if key.about else {}
    return about | _type(key, pool) | _limits(key)


def _type(key: Key, pool: Key) -> dict[str, Any]:
    said = key.tags.get("type")
    if said == _POOLS:
        return {"type": "object", "additionalProperties": _schema(pool, pool)}
    if said == _SETTINGS:
        return {"$ref": "#/definitions/settings"}
    if said is not None:
        if said not in _TYPES:
            raise Undescribed(f"{key.name}: the schema knows no `@type: {said}`")
        return _TYPES[said]
    if key.keys:
        parts = {part.path[-1]: _schema(part, pool) for part in key.keys}
        return {"type": "object", "additionalProperties": False, "properties": parts}
    if type(key.default) not in _OF_PYTHON:
        raise Undescribed(f"{key.name}: say what it is by `@type`")
    return {"type": _OF_PYTHON[type(key.default)]}


def _limits(key: Key) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if minimum := key.tags.get("minimum"):
        limits["minimum"] = int(minimum)
    elif not isinstance(key.default, bool) and isinstance(key.default, int) and "type" not in key.tags:
        limits["minimum"] = 0
    if enum := key.tags.get("enum"):
        words = [word.strip() for word in enum.split(",")]
        limits["enum"] = [int(word) if isinstance(key.default, int) else word for word in words]
    return limits


def _settings() -> dict[str, Any]:
    """A misspelt setting would be ignored by the parts, so it is refused here."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(sorted(Settings.model_fields), _SCALAR),
    }
