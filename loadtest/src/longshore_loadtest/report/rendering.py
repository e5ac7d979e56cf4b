"""The templates, with what they say numbers with, and the one file that comes of them."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from longshore_loadtest.report import words
from longshore_loadtest.report.memory import gained, rests

_UNIT: Final = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|MB|%)(?:\W|$))|(?<=±) ")
_ASSETS: Final = files("longshore_loadtest.report").joinpath("templates")


def render(template: str, **values: Any) -> str:
    """One HTML file that needs no other, and may load none: so says its Content-Security-Policy."""
    script = _ASSETS.joinpath("report.js").read_text(encoding="utf-8")
    return _environment().get_template(template).render(
        values,
        style=_ASSETS.joinpath("report.css").read_text(encoding="utf-8"),
        script=script,
        hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
    )  # fmt: skip


def percent(share: float) -> str:
    """A share as CSS has it."""
    return f"{share * 100:.3f}%"


def together(text: str) -> str:
    """A sentence whose numbers stay on the line of their units. Not for what somebody may copy."""
    return _UNIT.sub("\N{NO-BREAK SPACE}", text)


def anchor(where: str) -> str:
    """The element that quotes a line of the history."""
    return f"line-{where}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("longshore_loadtest.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "anchor": anchor,
        "bytes": lambda value: words.measured(value, "B"),
        "clock": words.clock,
        "duration": words.duration,
        "digits": lambda value: f"{value:.3g}",
        "gained": gained,
        "rests": rests,
        "share": words.percent,
        "many": words.many,
        "measured": words.measured,
        "moment": words.moment,
        "number": words.number,
        "percent": percent,
        "together": together,
    }
    return environment
