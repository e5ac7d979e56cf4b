"""The OpenAPI document: what flask-openapi collected, completed with our schemas, roles and problems."""

from typing import Any

import msgspec
from flask_openapi.openapi import OpenAPI

from longshore_api.auth.guard import role_of
from longshore_api.operation import SCHEMAS, reference, shapes
from longshore_api.problems import MEDIA_TYPE
from longshore_api.shapes import Problem

_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}


def document(app: OpenAPI) -> dict[str, Any]:
    """Describe every documented route of `app`."""
    described = dict(app.api_doc)
    problem = {
        "description": "A problem (RFC 9457): what went wrong, and what to do.",
        "content": {MEDIA_TYPE: {"schema": reference(Problem)}},
    }
    schemas = _components()
    described["components"] = {"schemas": schemas, "securitySchemes": _SCHEMES}
    described["paths"] = {path: dict(item) for path, item in described["paths"].items()}
    for rule in app.url_map.iter_rules():
        item = described["paths"].get(rule.rule.replace("<", "{").replace(">", "}"), {})
        for method in item.keys() & {verb.lower() for verb in rule.methods or ()}:
            role = role_of(app.view_functions[rule.endpoint])
            responses = {
                k: v for k, v in item[method]["responses"].items() if k != app.validation_error_status
            }
            security = [{}] if role is None else [{"bearer": [role]}, {"header": [role]}]
            item[method] |= {"responses": responses | {"default": problem}, "security": security}
    return described


def _components() -> dict[str, Any]:
    """Every schema by its name. One that is generic in its times has its plain one: Pause, not Pause[str]."""
    _, schemas = msgspec.json.schema_components(list(shapes.values()), ref_template=SCHEMAS)
    text = msgspec.json.encode(schemas).replace(b"_str_", b"").replace(b"[str]", b"")
    named: dict[str, Any] = msgspec.json.decode(text)
    return named
