"""values.yaml with its comments: what each key is, besides its default.

Above a key stand `# -- what it is`, going on in further comment lines, and tags: `# @type: list of string`,
`# @enum: a, b`, `# @minimum: 1`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

_COMMENT: Final = re.compile(r"\s*# ?(?P<text>.*)")
_KEY: Final = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z0-9_.-]+):")
_TAG: Final = re.compile(r"@(?P<name>type|enum|minimum): (?P<value>.+)")


@dataclass(frozen=True)
class Key:
    """A key of values.yaml."""

    path: tuple[str, ...]
    default: Any
    about: str = ""
    """What it is; nothing for a key whose parts say it."""
    tags: Mapping[str, str] = field(default_factory=dict)
    keys: tuple["Key", ...] = ()
    """Its parts, where they are keys of the chart's own choosing."""

    @property
    def name(self) -> str:
        """As it is written with `--set`."""
        return ".".join(self.path)

    def walk(self) -> Iterator["Key"]:
        """The key itself and all its parts."""
        yield self
        for key in self.keys:
            yield from key.walk()


class Undescribed(Exception):
    """A key has no comment, or one that cannot be read."""


def read_values(path: Path) -> Key:
    """values.yaml as a key with all others below it. Raises Undescribed."""
    text = path.read_text(encoding="utf-8")
    return _key((), yaml.safe_load(text), _described(text))


_Comments: TypeAlias = Mapping[tuple[str, ...], tuple[str, Mapping[str, str]]]


def _key(path: tuple[str, ...], default: Any, comments: _Comments) -> Key:
    about, tags = comments.get(path, ("", {}))
    opaque = "type" in tags
    if opaque or not isinstance(default, dict):
        if not about:
            raise Undescribed(f"{'.'.join(path)} has no `# --` comment")
        return Key(path, default, about, tags)
    keys = tuple(_key((*path, name), value, comments) for name, value in default.items())
    return Key(path, default, about, tags, keys)


def _described(text: str) -> _Comments:
    """Path of a key → its comment and its tags."""
    found: dict[tuple[str, ...], tuple[str, Mapping[str, str]]] = {}
    above: list[str] = []
    parents: list[tuple[int, str]] = []
    for line in text.splitlines():
        if comment := _COMMENT.fullmatch(line):
            above.append(comment["text"])
            continue
        if key := _KEY.match(line):
            indent = len(key["indent"])
            parents = [*(one for one in parents if one[0] < indent), (indent, key["key"])]
            found[tuple(name for _, name in parents)] = _comment(above)
        above = []
    return found


def _comment(lines: list[str]) -> tuple[str, Mapping[str, str]]:
    tags = {tag["name"]: tag["value"].strip() for line in lines if (tag := _TAG.fullmatch(line))}
    start = next((number for number, line in enumerate(lines) if line.startswith("-- ")), None)
    if start is None:
        return "", tags
    words = [line for line in lines[start:] if not line.startswith("@")]
    return " ".join(words).removeprefix("-- ").strip(), tags
