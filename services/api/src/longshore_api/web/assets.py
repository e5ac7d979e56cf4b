"""The page's scripts and styles, under names that change with their content, so that browsers keep them."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec
from flask import Blueprint, Response, abort, request

from longshore_api.auth.guard import public

BUILT: Final = Path(str(files("longshore_api"))) / "web" / "built"
"""What `services/api/web/build` makes. A wheel has it; a fresh clone does not, until `make page`."""

_KINDS: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
"""Written down, because `mimetypes` says what the machine's own list says."""

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


def built() -> bool:
    """Whether there is a page to show."""
    return bool(_names())


def asset(name: str) -> str:
    """Where browsers find `page.js`, say. Raises KeyError where the page has no such file."""
    return f"/assets/{_names()[name]}"


@blueprint.get("/<name>")
@public
def file(name: str) -> Response:
    """Serve one, zipped for those who take that."""
    if name not in _names().values():
        abort(404)
    zipped = request.accept_encodings["gzip"] > 0
    answer = Response(_bytes(f"{name}.gz" if zipped else name), mimetype=_KINDS[Path(name).suffix])
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _names() -> dict[str, str]:
    """The manifest: plain names, and those that the files have. Empty where nothing was built."""
    try:
        return _read(BUILT / "manifest.json", (BUILT / "manifest.json").stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=4)
def _read(manifest: Path, _changed: int) -> dict[str, str]:
    return msgspec.json.decode(manifest.read_bytes(), type=dict[str, str])


@lru_cache(maxsize=64)
def _bytes(name: str) -> bytes:
    return (BUILT / name).read_bytes()
