"""What the documentation says of an operation.

Bodies are msgspec structs, which flask-openapi cannot read off the view, so it is told of them here.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

SCHEMAS: Final = "#/components/schemas/{name}"

shapes: Final[dict[str, type]] = {}
"""Every struct that an operation takes or gives, by its name in the document."""

Content = type | str | tuple[str, ...]
"""A struct, or the media type of something else, or those that can be chosen from."""


def operation(
    *, takes: Mapping[str, Any] | None = None, gives: Mapping[int, Content | None]
) -> dict[str, Any]:
    """The options of a route that document it.

    `takes` is an OpenAPI request body (`json_body`, `other_body`); `gives` says what each good status holds.
    """
    described: dict[str, Any] = {"responses": {status: _response(status, gives[status]) for status in gives}}
    if takes is not None:
        described["request_body"] = dict(takes)
    return described


def json_body(shape: type) -> dict[str, Any]:
    """A body of JSON."""
    return {"required": True, "content": {"application/json": {"schema": reference(shape)}}}


def other_body(media_type: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A body of something else."""
    return {"required": True, "content": {media_type: {"schema": dict(schema)}}}


def reference(shape: type) -> dict[str, Any]:
    """Where the document describes `shape`."""
    (schema,), _ = msgspec.json.schema_components([shape], ref_template=SCHEMAS)
    shapes[shape.__name__] = shape
    return schema


def extended(shape: type, **required: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of `shape` with further properties.

    Not `allOf` with a second object: a struct that forbids unknown fields forbids these, too.
    """
    _, schemas = msgspec.json.schema_components([shape], ref_template=SCHEMAS)
    schema = schemas[shape.__name__]
    return {
        **schema,
        "properties": schema["properties"] | required,
        "required": [*schema.get("required", ()), *required],
    }


def _response(status: int, content: Content | None) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if isinstance(content, str | tuple):
        kinds = (content,) if isinstance(content, str) else content
        described["content"] = {kind: {"schema": {"type": "string"}} for kind in kinds}
    elif content is not None:
        described["content"] = {"application/json": {"schema": reference(content)}}
    return described
