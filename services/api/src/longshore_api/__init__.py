"""Longshore's HTTP API: `create_app(settings)` for a test or a WSGI server, `serve(settings)` for a process.

Both are imported when asked for: `serve` must make the standard library cooperative before anything that
uses it is imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from longshore_api.app import create_app
    from longshore_api.server import serve

__all__ = ["create_app", "serve"]

_HOMES = {"create_app": "longshore_api.app", "serve": "longshore_api.server"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'longshore_api' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
