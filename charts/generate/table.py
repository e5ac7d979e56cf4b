"""The table of values in the chart's README."""

import json
from itertools import groupby
from typing import Any, TypeAlias

from charts.generate.comments import Key


def table_of(values: Key) -> str:
    """A section for each part, a row for each value: key, default, what it is."""
    described = [key for key in values.walk() if key.path and not key.keys]
    sections = [_section(name, list(keys)) for name, keys in groupby(described, lambda key: key.path[0])]
    # Single keys of the top level, which have no parts, come first in a section of their own.
    return "\n\n".join(["\n".join(_merged(sections)), *(_text(one) for one in sections if len(one[1]) > 1)])


_Section: TypeAlias = tuple[str, list[str]]


def _section(name: str, keys: list[Key]) -> _Section:
    return name, [f"| `{key.name}` | {_default(key.default)} | {_about(key)} |" for key in keys]


def _merged(sections: list[_Section]) -> list[str]:
    return [*_HEAD, *(row for _, rows in sections if len(rows) == 1 for row in rows)]


def _text(section: _Section) -> str:
    name, rows = section
    return "\n".join([f"### {name}", "", *_HEAD, *rows])


_HEAD = ("| key | default | what it is |", "|---|---|---|")


def _default(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _about(key: Key) -> str:
    return key.about.replace("|", "\\|")
